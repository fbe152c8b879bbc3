import { gettext, ngettext } from "../lib/i18n.js";
import { setText } from "../ui/dom.js";

/** The button that scrolls to the latest messages, and counts those that came meanwhile. */
export class JumpToLatest {
  #button = document.querySelector("[data-jump]");
  #label = document.querySelector("[data-jump-label]");
  #missed = 0;

  /** @param {() => void} onClick */
  constructor(onClick) {
    this.#button.addEventListener("click", onClick);
  }

  /** New messages that are out of view. @param {number} count */
  addMissed(count) {
    this.#missed += count;
  }

  resetMissed() {
    this.#missed = 0;
  }

  /** @param {boolean} isVisible */
  show(isVisible) {
    this.#button.hidden = !isVisible;
    const count = this.#missed;
    setText(this.#label, count ? ngettext("%(count)s new", "%(count)s new", count) : gettext("Jump to latest"));
  }
}
