/** Says that there is more to read than the page shows, and leads to where I left off. */
export class UnreadView {
  #bar = document.querySelector("[data-unread]");
  #newLine;

  /**
   * @param {import("./new_line.js").NewLine} newLine
   * @param {(seq: number) => void} goTo
   */
  constructor(newLine, goTo) {
    this.#newLine = newLine;
    this.#bar.querySelector("[data-unread-go]").addEventListener("click", () => goTo(newLine.after));
    this.#bar.querySelector("[data-unread-dismiss]").addEventListener("click", () => this.#dismiss());
  }

  show() {
    this.#bar.hidden = !this.#newLine.isFurtherUp;
  }

  #dismiss() {
    this.#newLine.move(null);
    this.show();
  }
}
