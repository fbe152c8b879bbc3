import { keyLabel } from "../keyboard/keyboard.js";
import { copyText } from "../ui/clipboard.js";
import { gettext } from "../lib/i18n.js";

const COPIED_MS = 2_000;

/** Shares an address of the room: copied, by the device's share sheet, or as a QR code. */
class ShareView {
  #address;
  #copyButton;
  #status;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#address = container.querySelector("[data-share-address]");
    this.#copyButton = container.querySelector("[data-share-copy]");
    this.#status = container.querySelector("[data-share-status]");
    this.#address.addEventListener("focus", () => this.#address.select());
    this.#copyButton.hidden = false;
    this.#copyButton.addEventListener("click", () => this.#onCopy());
    this.#enableNative(container.querySelector("[data-share-native]"));
  }

  async #onCopy() {
    if (await copyText(this.#address.value)) {
      this.#showCopied();
    } else {
      this.#address.focus();
      this.#address.select();
      this.#setStatus(gettext("The link is selected. Press %(keys)s to copy it.", { keys: keyLabel("Mod+C") }));
    }
  }

  #showCopied() {
    this.#copyButton.textContent = gettext("Copied");
    this.#setStatus(gettext("Copied"), true);
    setTimeout(() => {
      this.#copyButton.textContent = gettext("Copy");
      this.#setStatus("");
    }, COPIED_MS);
  }

  /** @param {string} text  @param {boolean} [isShownElsewhere]  then it is for screen readers only */
  #setStatus(text, isShownElsewhere = false) {
    this.#status.textContent = text;
    this.#status.classList.toggle("visually-hidden", isShownElsewhere);
  }

  #enableNative(button) {
    button.hidden = !navigator.share;
    button.addEventListener("click", async () => {
      try {
        await navigator.share({ title: document.querySelector("h1").textContent, url: this.#address.value });
      } catch {
        // the share sheet was closed
      }
    });
  }
}

/** Enables all share forms of the page. */
export const enableShareForms = () =>
  document.querySelectorAll("[data-share-room]").forEach((container) => new ShareView(container));
