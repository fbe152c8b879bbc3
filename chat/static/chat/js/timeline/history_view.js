import { gettext } from "../lib/i18n.js";
import { pages } from "../net/pages.js";

const AHEAD_PX = 1_500; // how far beyond the view messages are brought in, for whoever comes that way
const AHEAD = 100; // how many messages further on are known by then
const RETRY_MS = 3_000;

/**
 * @typedef {object} End  one of a timeline's two
 * @property {() => number} distance  of the reader, in pixels
 * @property {number} direction  to it: -1 up, 1 down
 * @property {() => boolean} showMore  of what is known; whether there was any
 * @property {() => number} known  how many there are still to be shown
 * @property {() => boolean} hasMore  in the room
 * @property {() => ?number} seq  of the last message that is known there
 * @property {(seq: number) => Promise<object>} fetch  the page that follows
 * @property {(page: object) => void} take
 * @property {() => void} failed
 * @property {boolean} isWaiting  for a page
 */

/** Brings in older messages as the reader comes to the top, and newer ones on the way back. */
export class HistoryView {
  #timeline;
  #view;
  #place;
  #word = document.querySelector("[data-older]");
  #ends;
  #frame = 0;

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./timeline_view.js").TimelineView} view
   * @param {import("./place.js").Place} place
   */
  constructor(timeline, view, place) {
    this.#timeline = timeline;
    this.#view = view;
    this.#place = place;
    /** @type {End} */
    const older = {
      distance: () => place.above,
      direction: -1,
      showMore: () => view.showOlder(),
      known: () => view.olderCount,
      hasMore: () => timeline.hasOlder,
      seq: () => timeline.oldest,
      fetch: pages.before,
      take: ({ messages, more }) => timeline.putOlder(messages, more),
      failed: () => (this.#word.textContent = gettext("Older messages cannot be fetched just now.")),
      isWaiting: false,
    };
    /** @type {End}  the last message in the page may not be the last */
    const newer = {
      distance: () => place.below,
      direction: 1,
      showMore: () => view.showNewer(),
      known: () => view.newerCount,
      hasMore: () => timeline.hasNewer,
      seq: () => timeline.newest,
      fetch: pages.after,
      take: ({ messages, newer: hasNewer }) => timeline.putNewer(messages, hasNewer),
      failed: () => {},
      isWaiting: false,
    };
    this.#ends = [older, newer];
    place.listen(() => this.#look());
  }

  show() {
    const isAll = !this.#timeline.hasOlder && !this.#timeline.isEmpty && this.#view.showsStart;
    this.#word.textContent = isAll ? gettext("This is where it began.") : "";
  }

  /** After a scroll that is still before the paint; several reasons to look are one. */
  #look() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#ends.forEach((end) => this.#extend(end));
    });
  }

  #extend(end) {
    const isOnTheWay = this.#place.heading === end.direction;
    // Only one way: what comes in at one end of a full page goes out at the other, and must not be called back.
    const isNear = isOnTheWay ? end.distance() < AHEAD_PX : end.distance() < 1 && !this.#view.isFull;
    if (isNear && end.showMore()) {
      this.show();
    }
    if ((isNear || isOnTheWay) && end.known() < AHEAD && end.hasMore() && !end.isWaiting) {
      this.#fetch(end);
    }
  }

  async #fetch(end) {
    end.isWaiting = true;
    const seq = end.seq();
    try {
      const page = await end.fetch(seq);
      if (seq === end.seq() && end.hasMore()) {
        end.take(page);
      }
      end.isWaiting = false;
      this.show();
      this.#look();
    } catch {
      end.failed();
      setTimeout(() => {
        end.isWaiting = false;
        this.#look();
      }, RETRY_MS);
    }
  }
}
