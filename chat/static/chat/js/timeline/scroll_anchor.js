import { lowerBound } from "../lib/lower_bound.js";

const NEAR_END_PX = 64;
const LEAVE_END_PX = 4; // scrolling up this far leaves the end
const PRINT = matchMedia("print"); // the log is as long as its content then: the position is kept for later

/**
 * Keeps the scroll position: at the end of the log, or at a message, while content around it is added, removed or
 * resized. Safari has no scroll anchoring, and no browser anchors to the end.
 */
export class ScrollAnchor {
  endsRoom = () => true; // whether the end of the log is the end of the room
  #log = document.querySelector("#chat-log");
  #list = document.querySelector("[data-messages]");
  #listeners = [];
  #isAtEnd = true;
  #node = null; // the first element in view
  #bottom = 0; // of that element, below the log's top edge; its top may lose a name or a date
  #scrollTop = 0;
  #direction = 0;

  constructor() {
    this.#log.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    const resizeObserver = new ResizeObserver(() => this.#onResize()); // called before the change is painted
    resizeObserver.observe(this.#log);
    resizeObserver.observe(this.#list);
  }

  /** @param {() => void} listener  called when the position, or what surrounds it, has changed */
  listen(listener) {
    this.#listeners.push(listener);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** Where the last scroll by the reader went: -1 up, 1 down, 0 neither. */
  get direction() {
    return this.#direction;
  }

  /** The first element in view. @returns {?HTMLElement} */
  get node() {
    return this.#node;
  }

  get pixelsAbove() {
    return this.#log.scrollTop;
  }

  get pixelsBelow() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** How many of the list's elements end above the bottom of the view. */
  get countSeen() {
    const { height } = this.#log.getBoundingClientRect();
    return this.#countUntil((bottom) => bottom > height);
  }

  /** Whether a part of an element is in view. @param {HTMLElement} node */
  isInView(node) {
    const { top, bottom } = node.getBoundingClientRect();
    const log = this.#log.getBoundingClientRect();
    return top < log.bottom && bottom > log.top;
  }

  /** Keeps an element where it is in the view during a change. @param {HTMLElement} node  @param {() => void} change */
  hold(node, change) {
    const { top } = node.getBoundingClientRect();
    change();
    this.#log.scrollTop += node.getBoundingClientRect().top - top;
    this.#settle();
  }

  /** Keeps the position during a change of the document. @param {() => void} change */
  preserve(change) {
    const hasScrolled = this.#log.scrollTop !== this.#scrollTop;
    hasScrolled && this.#record(); // the reader has, and the event is yet to come
    change();
    this.#restore();
    hasScrolled && this.#notify(); // the event will find the position recorded
  }

  scrollToEnd() {
    this.#isAtEnd = true;
    this.#direction = 0;
    this.#restore();
    this.#notify();
  }

  /** @param {HTMLElement} node  @param {"start"|"center"} block  where in the view */
  scrollTo(node, block) {
    node.scrollIntoView({ block });
    this.#settle();
  }

  /** Forgets the position: the log has other content. */
  reset() {
    this.#isAtEnd = false;
    this.#node = null;
    this.#direction = 0;
  }

  #onScroll() {
    if (this.#log.scrollTop !== this.#scrollTop) {
      this.#record();
      this.#notify();
    } // else this class scrolled
  }

  #onResize() {
    this.#restore();
    this.#notify();
  }

  /** The page has scrolled, not the reader. */
  #settle() {
    this.#record();
    this.#direction = 0;
    this.#notify();
  }

  #record() {
    if (PRINT.matches) {
      return;
    }
    const { scrollTop } = this.#log;
    this.#direction = Math.sign(scrollTop - this.#scrollTop);
    const tolerance = this.#direction < 0 ? LEAVE_END_PX : NEAR_END_PX;
    this.#isAtEnd = this.endsRoom() && this.pixelsBelow < tolerance;
    this.#scrollTop = scrollTop;
    this.#node = this.#list.children[this.#countUntil((bottom) => bottom > 0)] ?? null;
    this.#bottom = this.#node && this.#bottomOf(this.#node);
  }

  #restore() {
    if (PRINT.matches) {
      return;
    }
    if (this.#isAtEnd) {
      this.#log.scrollTop = this.#log.scrollHeight;
    } else if (this.#node?.isConnected) {
      this.#scrollBack();
    }
    this.#scrollTop = this.#log.scrollTop;
    if (!this.#isAtEnd && this.#isDisplaced) {
      this.#record(); // the position is gone: this is the new one
    }
  }

  #scrollBack() {
    const moved = this.#bottomOf(this.#node) - this.#bottom;
    if (Math.abs(moved) >= 1) {
      this.#log.scrollTop += moved;
    }
  }

  get #isDisplaced() {
    return !this.#node?.isConnected || Math.abs(this.#bottomOf(this.#node) - this.#bottom) > 1;
  }

  #countUntil(isBeyond) {
    const { children } = this.#list;
    return lowerBound(children.length, (index) => isBeyond(this.#bottomOf(children[index])));
  }

  #bottomOf(node) {
    return node.getBoundingClientRect().bottom - this.#log.getBoundingClientRect().top;
  }

  #notify() {
    this.#listeners.forEach((listener) => listener());
  }
}
