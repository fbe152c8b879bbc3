import { seqIn } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { historyApi } from "../net/history_api.js";

const isAt = (wanted) => ({ seq }) => seq === wanted;

/** Links to messages: /chat/<room>/#<seq>. */
export class Permalinks {
  #timeline;
  #view;
  #infiniteScroll;
  #notify;

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./timeline_view.js").TimelineView} view
   * @param {import("./infinite_scroll.js").InfiniteScroll} infiniteScroll
   * @param {(text: string) => void} notify  shows a short message
   */
  constructor(timeline, view, infiniteScroll, notify) {
    this.#timeline = timeline;
    this.#view = view;
    this.#infiniteScroll = infiniteScroll;
    this.#notify = notify;
    addEventListener("hashchange", () => this.followLocation());
    // A click on the link that is in the address bar fires no hashchange.
    document.addEventListener("click", ({ target }) => {
      const link = target.closest?.('a[href^="#"]');
      link && link.hash === location.hash && this.followLocation();
    });
  }

  /** Goes to the message in the address bar, if there is one. */
  followLocation() {
    const seq = seqIn(location.hash);
    if (seq) {
      this.goTo(seq);
    }
  }

  /** @param {number} seq */
  async goTo(seq) {
    if (this.#timeline.has(seq) || (await this.#load(seq, isAt(seq)))) {
      this.#show(seq);
    }
  }

  /** Goes to the first unread message. @param {import("./unread_marker.js").UnreadMarker} unreadMarker */
  async goToUnread(unreadMarker) {
    const { lastRead, firstUnread } = unreadMarker;
    if (firstUnread !== null || (await this.#load(Math.max(1, lastRead)))) {
      this.#show(unreadMarker.firstUnread ?? this.#timeline.after(lastRead) ?? this.#timeline.newest);
    }
  }

  #show(seq) {
    this.#view.goTo(seq);
    this.#infiniteScroll.updateStart();
  }

  /**
   * Replaces the timeline by the messages around a seq, if a wanted one is among them. Returns whether it is.
   * If it is not, shows the end of the room.
   */
  async #load(seq, isWanted = () => true) {
    try {
      const page = await historyApi.around(seq);
      if (!page.messages.some(isWanted)) {
        this.#view.goToEnd();
        const isGone = seq <= this.#timeline.expired;
        this.#notify(isGone ? gettext("This message is no longer kept.") : gettext("There is no such message in this room."));
        return false;
      }
      this.#timeline.replace(page.messages, page);
      this.#view.clear();
      return true;
    } catch {
      this.#notify(gettext("The messages could not be loaded."));
      return false;
    }
  }
}
