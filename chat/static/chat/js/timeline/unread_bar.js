/** The bar above the timeline when unread messages begin before it. */
export class UnreadBar {
  #bar = document.querySelector("[data-unread]");
  #unreadMarker;

  /**
   * @param {import("./unread_marker.js").UnreadMarker} unreadMarker
   * @param {(seq: number) => void} goAfter  shows the message after the one last read
   */
  constructor(unreadMarker, goAfter) {
    this.#unreadMarker = unreadMarker;
    this.#bar.querySelector("[data-unread-go]").addEventListener("click", () => goAfter(unreadMarker.lastRead));
    this.#bar.querySelector("[data-unread-dismiss]").addEventListener("click", () => this.#dismiss());
  }

  update() {
    this.#bar.hidden = !this.#unreadMarker.isAboveTimeline;
  }

  #dismiss() {
    this.#unreadMarker.move(null);
    this.update();
  }
}
