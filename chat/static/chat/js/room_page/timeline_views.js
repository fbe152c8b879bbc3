import { gettext } from "../lib/i18n.js";
import { PendingMessagesView } from "../messages/pending_messages_view.js";
import { historyApi } from "../net/history_api.js";
import { InfiniteScroll } from "../timeline/infinite_scroll.js";
import { Permalinks } from "../timeline/permalinks.js";
import { ScrollAnchor } from "../timeline/scroll_anchor.js";
import { TimelineView } from "../timeline/timeline_view.js";
import { TimestampRefresher } from "../timeline/timestamps.js";

/** @typedef {ReturnType<typeof createTimelineViews>} TimelineViews */

/**
 * Creates the views of the messages, and keeps them up to date with the model.
 * @param {import("./model.js").Model} model
 * @param {import("../ui/toast.js").Toast} toast
 */
export function createTimelineViews(model, toast) {
  const { me, timeline, presenter, outbox, quotedMessages, unreadMarker, readPointer } = model;
  const notify = (text) => toast.show(text);
  const pendingMessages = new PendingMessagesView(outbox, timeline, me, (seq) => presenter.quote(seq));
  const scrollAnchor = new ScrollAnchor();
  const view = new TimelineView({ timeline, presenter, pendingMessages, me }, scrollAnchor, { onSeen, onLeavePast });
  const infiniteScroll = new InfiniteScroll(timeline, view, scrollAnchor);
  const permalinks = new Permalinks(timeline, view, infiniteScroll, notify);

  function onSeen(seq) {
    readPointer.advance(seq);
  }

  /** Everything is read: removes the "New" line. */
  function markRead() {
    const { firstUnread, unread } = unreadMarker;
    readPointer.advance(unread.newest);
    unreadMarker.move(null);
    view.refresh(({ seq }) => seq === firstUnread);
  }

  /** Replaces an earlier part of the room by its latest messages. */
  async function onLeavePast() {
    try {
      const page = await historyApi.latest();
      timeline.replace(page.messages, page);
      history.replaceState(null, "", location.pathname);
      view.restart();
      infiniteScroll.updateStart();
    } catch {
      notify(gettext("The latest messages could not be loaded."));
    }
  }

  outbox.listen(() => view.showOutbox());
  quotedMessages.listen(() => view.refresh(({ reply_to: replyTo }) => replyTo !== null));
  document.addEventListener("visibilitychange", () => document.hidden && markUnreadFromHere(model, view));
  new TimestampRefresher(() => view.refresh());
  return { view, pendingMessages, infiniteScroll, permalinks, scrollAnchor, markRead };
}

/** What is posted while the page is hidden is unread, if all before it was read. */
function markUnreadFromHere({ timeline, unreadMarker, readPointer }, view) {
  const isRead = !timeline.hasNewer && timeline.newest !== null && timeline.newest <= readPointer.seq;
  unreadMarker.move(isRead ? timeline.newest : unreadMarker.lastRead);
  view.refresh();
}

/**
 * Shows the messages that came with the page.
 * @param {object} snapshot
 * @param {import("./model.js").Model} model
 * @param {TimelineViews} timelineViews
 */
export function showSnapshot({ messages }, { timeline, unreadMarker }, { view, infiniteScroll }) {
  view.show(timeline.put(messages));
  view.start(unreadMarker.firstUnread);
  infiniteScroll.updateStart();
}
