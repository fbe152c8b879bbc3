import { gettext, language, ngettext } from "../lib/i18n.js";
import { timeOrDate } from "../lib/time.js";
import { formatCount } from "../rooms/rooms.js";
import { setText } from "../ui/dom.js";

/**
 * The bar above the timeline: how many messages are unread, and how many mention me. It is shown until the first one
 * and the mentions have been in view. The "New" line says the same, as it was when the reader came to it.
 */
export class UnreadBar {
  #bar = document.querySelector("[data-unread]");
  #first = document.querySelector("[data-unread-go]");
  #mention = document.querySelector("[data-unread-mention]");
  #unreadMarker;
  #view;
  #newLabel = ""; // of the "New" line

  /**
   * What is in view from now on counts as seen: the timeline is where the reader starts.
   * @param {import("../timeline/unread_marker.js").UnreadMarker} unreadMarker
   * @param {import("../room_page/timeline_views.js").TimelineViews} timelineViews
   */
  constructor(unreadMarker, { view, scrollAnchor, permalinks, markRead }) {
    this.#unreadMarker = unreadMarker;
    this.#view = view;
    unreadMarker.listen(() => this.#update());
    scrollAnchor.listen(() => this.#update());
    document.addEventListener("visibilitychange", () => this.#update());
    this.#first.addEventListener("click", () => permalinks.goToUnread(unreadMarker));
    this.#mention.addEventListener("click", () => permalinks.goTo(unreadMarker.unread.mentions[0]));
    this.#bar.querySelector("[data-unread-dismiss]").addEventListener("click", markRead);
    this.#update();
  }

  #update() {
    const { unread } = this.#unreadMarker;
    unread.count && this.#markSeen(unread);
    const { count, isFirstSeen, mentions } = unread;
    this.#bar.hidden = !count || (isFirstSeen && !mentions.length);
    this.#bar.hidden || this.#show(unread);
    const newLine = document.querySelector(".unread-divider");
    if (newLine) {
      newLine.dataset.label = this.#newLabel;
      newLine.querySelector("button") ?? newLine.append(this.#newAway());
    }
  }

  /** As the button of the bar, which is hidden where the line is in view. Its label is shown by the stylesheet. */
  #newAway() {
    document.querySelector("[data-files-sheet]").media = "all"; // has components/away.css
    const away = this.#bar.querySelector("[data-reading=away]").cloneNode(true);
    away.className = "away-button";
    return away;
  }

  #markSeen(unread) {
    if (!unread.isFirstSeen) {
      const { count, isMore, since, mentions } = unread;
      this.#newLabel = [unreadLabel(count, isMore, since), mentionsLabel(mentions)].filter(Boolean).join(" · ");
    }
    unread.isFirstSeen ||= this.#view.isInView(this.#unreadMarker.firstUnread);
    unread.mentions.filter((seq) => this.#view.isInView(seq)).forEach((seq) => unread.markSeen(seq));
  }

  #show({ count, isMore, since, mentions }) {
    setText(this.#first, unreadLabel(count, isMore, since));
    this.#mention.hidden = !mentions.length;
    setText(this.#mention, mentionsLabel(mentions));
  }
}

function mentionsLabel({ length }) {
  const shown = { count: formatCount(length) };
  return length ? ngettext("%(count)s mentions you", "%(count)s mention you", length, shown) : "";
}

/**
 * @param {number} count
 * @param {boolean} isMore  whether there are more than `count`
 * @param {?Date} since
 */
export function unreadLabel(count, isMore, since) {
  const shown = `${count.toLocaleString(language)}${isMore ? "+" : ""}`;
  if (!since) {
    return gettext("%(shown)s new", { shown });
  }
  const values = { shown, time: timeOrDate(since) };
  return ngettext("%(shown)s new since %(time)s", "%(shown)s new since %(time)s", count, values);
}
