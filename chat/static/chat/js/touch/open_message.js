const SHEET = matchMedia("(width < 40rem)"); // as in popover.css
const GAP_PX = 16; // between the message and the sheet
const EDGE_PX = 4; // its background extends that far

/**
 * Marks the message whose menu or emoji picker is open. On a phone, where those are sheets, the log moves up until the
 * message stands above the sheet, and the veil leaves the message out.
 */
export class OpenMessage {
  #log = document.querySelector("#chat-log");
  #emojiButton = document.querySelector("[data-emoji-button]");
  #actions;
  #node = null;
  #sheet = null;
  #resizes = new ResizeObserver(() => this.#place());

  /** @param {import("../messages/message_actions.js").MessageActions} actions */
  constructor(actions) {
    this.#actions = actions;
    for (const popover of document.querySelectorAll("[data-message-menu], [data-emoji-picker]")) {
      popover.addEventListener("toggle", ({ newState }) => (newState === "open" ? this.#begin(popover) : this.#end(popover)));
    }
    document.addEventListener("click", ({ target }) => this.#onClick(target), { capture: true });
    this.#log.addEventListener("scroll", () => this.#sheet && this.#place(), { passive: true });
  }

  /** The picker opens when the actions have dropped their message. */
  #onClick(target) {
    if (target.closest("[data-action]")) {
      this.#node = this.#actions.node;
    }
  }

  #begin(popover) {
    if (this.#emojiButton.ariaExpanded === "true") {
      return; // it picks emoji for the text
    }
    this.#node = this.#actions.node ?? this.#node;
    this.#node?.classList.add("has-menu");
    if (this.#node && SHEET.matches) {
      this.#sheet = popover;
      [popover, this.#log].forEach((node) => this.#resizes.observe(node)); // calls back at once
    }
  }

  #end(popover) {
    this.#node?.classList.remove("has-menu");
    if (popover === this.#sheet) {
      this.#sheet = null;
      this.#resizes.disconnect();
      this.#log.style.removeProperty("--lift");
    }
  }

  /** Measures where things are without what moves them: the log follows with a transition, and so does the sheet. */
  #place() {
    const body = this.#node.querySelector(".message-body").getBoundingClientRect();
    const area = this.#log.parentElement.getBoundingClientRect();
    const moved = area.top - this.#log.getBoundingClientRect().top;
    const [top, bottom] = [body.top + moved - EDGE_PX, body.bottom + moved + EDGE_PX];
    const sheetTop = innerHeight - this.#sheet.offsetHeight;
    const lift = Math.max(0, Math.min(bottom + GAP_PX - sheetTop, top - area.top));
    this.#log.style.setProperty("--lift", `${-lift}px`);
    this.#sheet.style.setProperty("--clear-top", `${Math.max(area.top, top - lift)}px`);
    this.#sheet.style.setProperty("--clear-bottom", `${Math.max(area.top, bottom - lift)}px`);
  }
}
