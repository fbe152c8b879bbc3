const SHOWN_MS = 6_000;
const UNDO_MS = 20_000;

/** Shows a short message for a moment, mostly about what went wrong. */
export class Toast {
  #node = document.querySelector("[data-toast]");
  #timer = 0;

  /** @param {string} text  @param {?HTMLElement} undo  a button, which gives more time */
  show(text, undo) {
    clearTimeout(this.#timer);
    this.#node.replaceChildren(text, undo ?? "");
    this.#timer = setTimeout(() => this.#node.replaceChildren(), undo ? UNDO_MS : SHOWN_MS);
  }
}
