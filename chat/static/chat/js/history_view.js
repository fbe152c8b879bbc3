import { gettext } from "./i18n.js";
import { pages } from "./pages.js";

const AHEAD = "600px 0px"; // how far beyond the view messages are brought in
const SETTLE_MS = 100;
const RETRY_MS = 3_000;

/**
 * @typedef {object} End  one of a timeline's two
 * @property {boolean} isNear  whether the reader is
 * @property {() => boolean} showMore  of what is known; whether there was any
 * @property {() => boolean} hasMore  in the room
 * @property {() => ?number} seq  of the last message that is known there
 * @property {(seq: number) => Promise<object>} fetch  the page that follows
 * @property {(page: object) => void} take
 * @property {() => void} failed
 */

/** Brings in older messages as the reader comes to the top, and newer ones on the way back. */
export class HistoryView {
  #timeline;
  #view;
  #place;
  #older;
  #newer;
  #isLoading = false;

  constructor(timeline, view) {
    this.#timeline = timeline;
    this.#view = view;
    this.#place = document.querySelector("[data-older]");
    /** @type {End} */
    this.#older = {
      isNear: false,
      showMore: () => view.showOlder(),
      hasMore: () => timeline.hasOlder,
      seq: () => timeline.oldest,
      fetch: pages.before,
      take: ({ messages, more }) => timeline.putOlder(messages, more),
      failed: () => (this.#place.textContent = gettext("Older messages cannot be fetched just now.")),
    };
    /** @type {End}  the last message in the page may not be the last */
    this.#newer = {
      isNear: true,
      showMore: () => view.showNewer(),
      hasMore: () => timeline.hasNewer,
      seq: () => timeline.newest,
      fetch: pages.after,
      take: ({ messages, newer }) => timeline.putNewer(messages, newer),
      failed: () => {},
    };
    this.#watch(this.#place, this.#older);
    this.#watch(document.querySelector("[data-newer]"), this.#newer);
  }

  show() {
    const isAll = !this.#timeline.hasOlder && !this.#timeline.isEmpty && this.#view.showsStart;
    this.#place.textContent = isAll ? gettext("This is where it began.") : "";
  }

  #watch(node, end) {
    const options = { root: document.querySelector("#chat-log"), rootMargin: AHEAD };
    const moved = ([{ isIntersecting }]) => {
      end.isNear = isIntersecting;
      this.#load(end);
    };
    new IntersectionObserver(moved, options).observe(node);
  }

  async #load(end) {
    if (this.#isLoading || !end.isNear) {
      return;
    }
    if (end.showMore()) {
      this.show();
      this.#goOn();
    } else if (end.hasMore()) {
      await this.#fetch(end);
    }
  }

  async #fetch(end) {
    this.#isLoading = true;
    const seq = end.seq();
    try {
      const page = await end.fetch(seq);
      if (seq === end.seq() && end.hasMore()) {
        end.take(page);
        end.showMore();
      }
      this.show();
      this.#goOn();
    } catch {
      end.failed();
      setTimeout(() => this.#load(end), RETRY_MS);
    } finally {
      this.#isLoading = false;
    }
  }

  /** If the reader is still near an end by then; and one may have waited for the other. */
  #goOn() {
    setTimeout(() => [this.#older, this.#newer].forEach((end) => this.#load(end)), SETTLE_MS);
  }
}
