const SHOWN_MS = 6_000;

/** Shows a short message for a moment, mostly about what went wrong. */
export class Toast {
  #node = document.querySelector("[data-toast]");
  #timer = 0;

  /** @param {string} text */
  show(text) {
    clearTimeout(this.#timer);
    this.#node.textContent = text;
    this.#timer = setTimeout(() => (this.#node.textContent = ""), SHOWN_MS);
  }
}
