const HOLD_MS = 450; // test_touch.py knows it
const MOVE_PX = 10; // further, the finger scrolls or swipes
const LINK = "a:not(.quote)"; // its long press is the browser's

/** Calls back while a finger rests on an element. What the browser does after a long press is left out, but for links. */
export class LongPress {
  #onHold;
  #start = null; // of the press under way
  #timer = 0;
  #isHeld = false;

  /**
   * @param {HTMLElement} area
   * @param {(target: Element) => HTMLElement|Promise<HTMLElement>|null} onHold  returns what it opened
   */
  constructor(area, onHold) {
    this.#onHold = onHold;
    area.addEventListener("pointerdown", (event) => this.#begin(event));
    area.addEventListener("pointermove", (event) => this.#start && isFar(this.#start, event) && this.#end());
    ["pointerup", "pointercancel"].forEach((type) => area.addEventListener(type, () => this.#end()));
    area.addEventListener("contextmenu", (event) => this.#isTouch(event) && event.preventDefault());
    document.addEventListener("pointerdown", () => (this.#isHeld = false), { capture: true });
    document.addEventListener("click", (event) => this.#onClick(event), { capture: true });
  }

  #begin(event) {
    const { target, pointerId, pointerType, isPrimary, clientX, clientY } = event;
    this.#end();
    if (pointerType === "touch" && isPrimary && !target.closest(LINK) && target.closest(".message[data-seq]")) {
      this.#start = { clientX, clientY };
      this.#timer = setTimeout(() => this.#hold(target, pointerId), HOLD_MS);
    }
  }

  /** Lifting the finger, which went down outside of what is open now, would close it: as if the finger were inside. */
  async #hold(target, pointerId) {
    this.#isHeld = true;
    getSelection().removeAllRanges();
    const opened = await this.#onHold(target);
    if (opened && this.#start) {
      opened.firstElementChild.setPointerCapture(pointerId); // a dialog itself includes its backdrop
    }
  }

  #end() {
    this.#start = null;
    clearTimeout(this.#timer);
  }

  /** Some browsers send no pointer type with this event. */
  #isTouch({ target, pointerType }) {
    return !target.closest(LINK) && (pointerType === "touch" || this.#start || this.#isHeld);
  }

  /** Lifting the finger after a long press is no click, neither here nor on what has opened under the finger. */
  #onClick(event) {
    if (this.#isHeld) {
      event.preventDefault();
      event.stopPropagation();
      this.#isHeld = false;
    }
  }
}

const isFar = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) > MOVE_PX;
