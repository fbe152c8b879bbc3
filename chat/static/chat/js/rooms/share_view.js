import { gettext } from "../lib/i18n.js";
import { combination } from "../keyboard/keyboard.js";

const THANKS_MS = 2_000;

/** Ways to hand on the room's address: by copying it, by what the device has, by a code to scan. */
export class ShareView {
  #address;
  #copy;
  #said;

  /** Lets all of a page work, and the button that opens one in a dialog. */
  static begin() {
    document.querySelectorAll("[data-share-room]").forEach((place) => new ShareView(place));
    const dialog = document.querySelector("[data-share-dialog]");
    document.querySelector("[data-share]").addEventListener("click", () => {
      dialog.showModal();
      dialog.querySelector("[data-share-copy]").focus();
    });
  }

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#address = place.querySelector("[data-share-address]");
    this.#copy = place.querySelector("[data-share-copy]");
    this.#said = place.querySelector("[data-share-said]");
    this.#address.addEventListener("focus", () => this.#address.select());
    this.#copy.addEventListener("click", () => this.#copied());
    this.#offerNative(place.querySelector("[data-share-native]"));
  }

  async #copied() {
    if (await this.#write()) {
      this.#thank();
    } else {
      this.#say(gettext("The address is selected. Press %(keys)s to copy it.", { keys: combination("Mod+C") }));
    }
  }

  /** Insecure origins have no clipboard: there the address is selected, and copied as of old if that may be. */
  async #write() {
    try {
      await navigator.clipboard.writeText(this.#address.value);
      return true;
    } catch {
      this.#address.focus();
      this.#address.select();
      return document.execCommand("copy");
    }
  }

  #thank() {
    this.#copy.textContent = gettext("Copied");
    this.#say(gettext("Copied"), true);
    setTimeout(() => {
      this.#copy.textContent = gettext("Copy");
      this.#say("");
    }, THANKS_MS);
  }

  /** @param {string} text  @param {boolean} [isSeen]  already, so that only who cannot see needs it */
  #say(text, isSeen = false) {
    this.#said.textContent = text;
    this.#said.classList.toggle("visually-hidden", isSeen);
  }

  #offerNative(button) {
    button.hidden = !navigator.share;
    button.addEventListener("click", async () => {
      try {
        await navigator.share({ title: document.querySelector("h1").textContent, url: this.#address.value });
      } catch {
        // they thought better of it
      }
    });
  }
}
