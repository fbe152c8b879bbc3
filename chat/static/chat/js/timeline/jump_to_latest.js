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

  /** @param {boolean} isVisible  @param {boolean} isFar  whether the latest messages must be fetched */
  show(isVisible, isFar) {
    this.#button.hidden = !isVisible;
    const label = isFar ? gettext("Back to now") : gettext("Latest");
    setText(this.#label, this.#missed ? ngettext("%(count)s new", "%(count)s new", this.#missed) : label);
  }
}
