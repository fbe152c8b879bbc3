import { gettext } from "../lib/i18n.js";
import { historyApi } from "../net/history_api.js";

const RENDER_AHEAD_PX = 1_500; // messages are rendered this far beyond the view
const FETCH_AHEAD = 100; // messages known beyond the rendered ones
const RETRY_MS = 3_000;

/**
 * @typedef {object} Edge  the top or the bottom of the timeline
 * @property {() => number} distance  of the view, in pixels
 * @property {number} direction  of scrolling there: -1 up, 1 down
 * @property {() => boolean} renderMore  of the known messages; whether there were any
 * @property {() => number} countKnown  known messages that are not rendered
 * @property {() => boolean} hasMore  messages in the room
 * @property {() => ?number} seq  of the last message known at this edge
 * @property {(seq: number) => Promise<object>} fetch  the next page
 * @property {(page: object) => void} put
 * @property {() => void} onError
 * @property {boolean} isFetching
 */

/** Loads older messages while the reader scrolls up, and newer ones on the way back down. */
export class InfiniteScroll {
  #timeline;
  #view;
  #scrollAnchor;
  #startLabel = document.querySelector("[data-timeline-start]");
  #edges;
  #frame = 0;

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./timeline_view.js").TimelineView} view
   * @param {import("./scroll_anchor.js").ScrollAnchor} scrollAnchor
   */
  constructor(timeline, view, scrollAnchor) {
    this.#timeline = timeline;
    this.#view = view;
    this.#scrollAnchor = scrollAnchor;
    /** @type {Edge} */
    const top = {
      distance: () => scrollAnchor.pixelsAbove,
      direction: -1,
      renderMore: () => view.showOlder(),
      countKnown: () => view.olderCount,
      hasMore: () => timeline.hasOlder,
      seq: () => timeline.oldest,
      fetch: historyApi.before,
      put: ({ messages, more }) => timeline.putOlder(messages, more),
      onError: () => (this.#startLabel.textContent = gettext("Older messages could not be loaded.")),
      isFetching: false,
    };
    /** @type {Edge} */
    const bottom = {
      distance: () => scrollAnchor.pixelsBelow,
      direction: 1,
      renderMore: () => view.showNewer(),
      countKnown: () => view.newerCount,
      hasMore: () => timeline.hasNewer,
      seq: () => timeline.newest,
      fetch: historyApi.after,
      put: ({ messages, newer }) => timeline.putNewer(messages, newer),
      onError: () => {},
      isFetching: false,
    };
    this.#edges = [top, bottom];
    scrollAnchor.listen(() => this.#checkSoon());
  }

  /** Says above the first message whether the room begins there. */
  updateStart() {
    const isComplete = !this.#timeline.hasOlder && !this.#timeline.isEmpty && this.#view.showsStart;
    this.#startLabel.textContent = isComplete ? this.#start : "";
  }

  get #start() {
    return this.#timeline.expired ? gettext("Earlier messages are no longer kept.") : gettext("This is the beginning of the room.");
  }

  /** Once a frame, before the paint. */
  #checkSoon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#edges.forEach((edge) => this.#check(edge));
    });
  }

  #check(edge) {
    const isHeading = this.#scrollAnchor.direction === edge.direction;
    // Ahead only in the direction of scrolling: in a full view, what is rendered at one edge is removed at the other.
    const isNear = edge.distance() < (isHeading ? RENDER_AHEAD_PX : 1);
    if (isNear && edge.renderMore()) {
      this.updateStart();
    }
    if ((isNear || isHeading) && edge.countKnown() < FETCH_AHEAD && edge.hasMore() && !edge.isFetching) {
      this.#fetch(edge);
    }
  }

  async #fetch(edge) {
    edge.isFetching = true;
    const seq = edge.seq();
    try {
      const page = await edge.fetch(seq);
      if (seq === edge.seq() && edge.hasMore()) {
        edge.put(page);
      }
      edge.isFetching = false;
      this.updateStart();
      this.#checkSoon();
    } catch (error) {
      edge.onError();
      setTimeout(() => {
        edge.isFetching = false;
        this.#checkSoon();
      }, error.retryMs ?? RETRY_MS);
    }
  }
}
