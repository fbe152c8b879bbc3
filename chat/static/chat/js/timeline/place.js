import { firstOf } from "../lib/first_of.js";

const NEAR_END_PX = 64;
const MEANT_PX = 4; // so far up, and one has left the end

/**
 * Where the reader is in the log: at its end, or at a message. There they stay, whatever comes, goes or changes
 * its height around them. Safari does not do that by itself, and no browser keeps the end.
 */
export class Place {
  #log = document.querySelector("#chat-log");
  #list = document.querySelector("[data-messages]");
  #reachesEnd;
  #listeners = [];
  #isAtEnd = true;
  #node = null; // the first in view
  #bottom = 0; // of it, under the log's top edge; its own top may lose a name or a day
  #scrollTop = 0;
  #heading = 0;

  /** @param {() => boolean} reachesEnd  whether what ends the log ends the room */
  constructor(reachesEnd) {
    this.#reachesEnd = reachesEnd;
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const resized = new ResizeObserver(() => this.#resized()); // it is told before the change is painted
    resized.observe(this.#log);
    resized.observe(this.#list);
  }

  /** Is told that the reader has moved, or what is around them. @param {() => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** Which way the reader went last: -1 up, 1 down, 0 neither. */
  get heading() {
    return this.#heading;
  }

  /** The first node in view. @returns {?HTMLElement} */
  get node() {
    return this.#node;
  }

  /** How many pixels of the log are above the view. */
  get above() {
    return this.#log.scrollTop;
  }

  /** How many are below it. */
  get below() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** How many of the nodes end above the lower edge of the view. */
  get countSeen() {
    const { height } = this.#log.getBoundingClientRect();
    return this.#countUntil((bottom) => bottom > height);
  }

  /** Lets the reader stay where they are while something changes. @param {() => void} change */
  keep(change) {
    if (this.#log.scrollTop !== this.#scrollTop) {
      this.#note(); // they have moved, and the event is yet to come
    }
    change();
    this.#restore();
  }

  goToEnd() {
    this.#isAtEnd = true;
    this.#heading = 0;
    this.#restore();
    this.#tell();
  }

  /** @param {HTMLElement} node  @param {"start"|"center"} block  where in the view it comes to stand */
  goTo(node, block) {
    node.scrollIntoView({ block });
    this.#note();
    this.#heading = 0;
    this.#tell();
  }

  /** What was at the end is no more. */
  leave() {
    this.#isAtEnd = false;
    this.#node = null;
    this.#heading = 0;
  }

  #scrolled() {
    if (this.#log.scrollTop !== this.#scrollTop) {
      this.#note();
      this.#tell();
    } // else it was this that scrolled
  }

  #resized() {
    this.#restore();
    this.#tell();
  }

  #note() {
    const { scrollTop } = this.#log;
    this.#heading = Math.sign(scrollTop - this.#scrollTop);
    const nearness = this.#heading < 0 ? MEANT_PX : NEAR_END_PX;
    this.#isAtEnd = this.#reachesEnd() && this.below < nearness;
    this.#scrollTop = scrollTop;
    this.#node = this.#list.children[this.#countUntil((bottom) => bottom > 0)] ?? null;
    this.#bottom = this.#node && this.#bottomOf(this.#node);
  }

  #restore() {
    if (this.#isAtEnd) {
      this.#log.scrollTop = this.#log.scrollHeight;
    } else if (this.#node?.isConnected) {
      this.#bringBack();
    }
    this.#scrollTop = this.#log.scrollTop;
    if (!this.#isAtEnd && this.#isAway) {
      this.#note(); // there is no way back: this is where they are now
    }
  }

  #bringBack() {
    const moved = this.#bottomOf(this.#node) - this.#bottom;
    if (Math.abs(moved) >= 1) {
      this.#log.scrollTop += moved;
    }
  }

  get #isAway() {
    return !this.#node?.isConnected || Math.abs(this.#bottomOf(this.#node) - this.#bottom) > 1;
  }

  #countUntil(isBeyond) {
    const { children } = this.#list;
    return firstOf(children.length, (index) => isBeyond(this.#bottomOf(children[index])));
  }

  #bottomOf(node) {
    return node.getBoundingClientRect().bottom - this.#log.getBoundingClientRect().top;
  }

  #tell() {
    this.#listeners.forEach((listener) => listener());
  }
}
