import { gettext } from "./i18n.js";

const THANKS_MS = 2_000;

/** Copies the room's address. */
export class ShareView {
  #label = document.querySelector("[data-share-label]");

  constructor() {
    document.querySelector("[data-share]").addEventListener("click", () => this.#share());
  }

  async #share() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#thank();
    } catch {
      prompt(gettext("The link to this room:"), location.href); // no clipboard on insecure origins
    }
  }

  #thank() {
    const label = this.#label.textContent;
    this.#label.textContent = gettext("Copied");
    setTimeout(() => (this.#label.textContent = label), THANKS_MS);
  }
}
