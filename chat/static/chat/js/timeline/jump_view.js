import { setText } from "../ui/dom.js";
import { gettext, ngettext } from "../lib/i18n.js";

/** The way back to the end, and how much was said there meanwhile. */
export class JumpView {
  #button = document.querySelector("[data-jump]");
  #label = document.querySelector("[data-jump-label]");
  #missed = 0;

  /** @param {() => void} go */
  constructor(go) {
    this.#button.addEventListener("click", go);
  }

  /** News has come that the reader does not see. @param {number} count */
  miss(count) {
    this.#missed += count;
  }

  forget() {
    this.#missed = 0;
  }

  /** @param {boolean} isNeeded  @param {boolean} isFar  whether the end is not even known */
  show(isNeeded, isFar) {
    this.#button.hidden = !isNeeded;
    const label = isFar ? gettext("Back to now") : gettext("Latest");
    setText(this.#label, this.#missed ? ngettext("%(count)s new", "%(count)s new", this.#missed) : label);
  }
}
