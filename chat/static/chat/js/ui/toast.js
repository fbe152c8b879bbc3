const SHOWN_MS = 6_000;

/** A word on something that did not go as it should, for a moment. */
export class Toast {
  #place = document.querySelector("[data-toast]");
  #timer = 0;

  /** @param {string} text */
  say(text) {
    clearTimeout(this.#timer);
    this.#place.textContent = text;
    this.#timer = setTimeout(() => (this.#place.textContent = ""), SHOWN_MS);
  }
}
