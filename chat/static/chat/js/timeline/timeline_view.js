import { newMessageNode, showMessage, showMessageNote } from "../messages/message_view.js";
import { isPost } from "../net/protocol.js";
import { JumpToLatest } from "./jump_to_latest.js";
import { MessageNodes } from "./message_nodes.js";

const MAX_NODES = 200; // in the document; messages further from the view are kept as data
const CHUNK = 50; // messages added at a time
const HIGHLIGHT_MS = 2_000;

/**
 * Renders a timeline, and my pending messages below it. The document holds a part of the timeline around the view,
 * without a gap.
 */
export class TimelineView {
  #timeline;
  #presenter;
  #pendingMessages;
  #me;
  #scrollAnchor;
  #actions;
  #nodes = new MessageNodes(document.querySelector("[data-messages]"));
  #showsAll = false; // for a print
  #empty = document.querySelector("[data-empty]");
  #jumpToLatest = new JumpToLatest(() => this.goToEnd());

  /**
   * @param {object} shown
   * @param {import("./timeline.js").Timeline} shown.timeline
   * @param {import("../messages/message_presenter.js").MessagePresenter} shown.presenter
   * @param {import("../messages/pending_messages_view.js").PendingMessagesView} shown.pendingMessages
   * @param {{id: string}} shown.me
   * @param {import("./scroll_anchor.js").ScrollAnchor} scrollAnchor
   * @param {{onSeen: (seq: number) => void, onLeavePast: () => void}} actions
   *   `onSeen`: all messages up to this one are or were in view; `onLeavePast`: the latest messages must be fetched
   */
  constructor({ timeline, presenter, pendingMessages, me }, scrollAnchor, actions) {
    this.#timeline = timeline;
    this.#presenter = presenter;
    this.#pendingMessages = pendingMessages;
    this.#me = me;
    this.#scrollAnchor = scrollAnchor;
    this.#actions = actions;
    scrollAnchor.endsRoom = () => this.showsEnd;
    scrollAnchor.listen(() => this.#onMove());
    document.addEventListener("visibilitychange", () => this.#reportSeen());
  }

  /** Renders messages that changed in the timeline. */
  show(messages) {
    const seqs = messages.map(({ seq }) => seq).sort((one, other) => one - other);
    this.#scrollAnchor.preserve(() => {
      seqs.forEach((seq) => this.#adjoins(seq) && this.#showMessage(seq));
      this.#showFollowers(seqs);
      this.#showRenamed();
      this.#showPendingMessages();
      this.#trim(MAX_NODES + CHUNK);
    });
    this.#forgetFarMessages();
    this.#onContentChange(messages.filter(isPost).length);
  }

  /** Renders the pending messages again. */
  showOutbox() {
    this.#scrollAnchor.preserve(() => this.#showPendingMessages());
    this.#onContentChange(0);
  }

  /** Renders older known messages. @returns {boolean} whether there were any */
  showOlder() {
    const older = this.#timeline.seqsBefore(this.#nodes.first ?? Infinity, CHUNK);
    this.#extend(older.toReversed());
    return older.length > 0;
  }

  /** Renders newer known messages. @returns {boolean} whether there were any */
  showNewer() {
    const newer = this.#timeline.seqsAfter(this.#nodes.last ?? Infinity, CHUNK);
    this.#extend(newer);
    return newer.length > 0;
  }

  /** How many older messages are known and not rendered. */
  get olderCount() {
    return this.#timeline.countBefore(this.#nodes.first ?? Infinity);
  }

  /** How many newer messages are known and not rendered. */
  get newerCount() {
    return this.#timeline.countAfter(this.#nodes.last ?? Infinity);
  }

  /** Whether the first known message is rendered. */
  get showsStart() {
    return this.#timeline.isEmpty || this.#nodes.has(this.#timeline.oldest);
  }

  /** Whether the room's last message is rendered. */
  get showsEnd() {
    const { isEmpty, hasNewer, newest } = this.#timeline;
    return !hasNewer && (isEmpty || this.#nodes.has(newest));
  }

  /** Renders the end of a timeline that was replaced. */
  restart() {
    this.#nodes.clear();
    this.goToEnd();
    this.showOutbox();
  }

  /** Removes all messages: the timeline is another part of the room. */
  clear() {
    this.#nodes.clear();
    this.#scrollAnchor.reset();
    this.#jumpToLatest.resetMissed();
    this.#pendingMessages.hide();
  }

  goToEnd() {
    if (this.#timeline.hasNewer) {
      this.#actions.onLeavePast();
      return;
    }
    if (!this.showsEnd) {
      this.#nodes.clear();
      this.#extend(this.#timeline.seqs.slice(-CHUNK));
    }
    this.#scrollAnchor.scrollToEnd();
  }

  /** Scrolls to a known message, focuses it and highlights it. @param {number} seq */
  goTo(seq) {
    this.#render(seq);
    const node = this.#nodes.get(seq);
    this.setFolded(node, false);
    node.classList.add("is-highlighted");
    setTimeout(() => node.classList.remove("is-highlighted"), HIGHLIGHT_MS);
    node.focus({ preventScroll: true });
    this.#scrollAnchor.scrollTo(node, "center");
  }

  /** Starts at the end, or at the first unread message if that is further up. @param {?number} firstUnread */
  start(firstUnread) {
    this.goToEnd();
    if (firstUnread !== null && this.#timeline.has(firstUnread)) {
      this.#render(firstUnread);
      this.#scrollAnchor.scrollTo(this.#nodes.get(firstUnread), "start");
    }
  }

  /**
   * Renders messages again, because something else that they show has changed.
   * @param {(message: import("../net/protocol.js").Message) => boolean} [predicate]
   */
  refresh(predicate = () => true) {
    const seqs = this.#nodes.seqs.filter((seq) => predicate(this.#timeline.get(seq)));
    this.#scrollAnchor.preserve(() => seqs.forEach((seq) => this.#update(seq)));
  }

  /** Removes the messages that the room no longer keeps. */
  removeExpired() {
    this.#scrollAnchor.preserve(() => {
      this.#nodes.keep(this.#timeline.expired + 1, Infinity);
      this.#update(this.#nodes.first); // nothing comes before it any more
      this.#showPendingMessages();
    });
    this.#timeline.isEmpty && this.goToEnd();
    this.#onContentChange(0);
  }

  /** Renders all known messages for a print, and returns a function that removes them again. @returns {() => void} */
  showAll() {
    const { first, last } = this.#nodes;
    this.#showsAll = true;
    const missing = this.#timeline.seqs.filter((seq) => !this.#nodes.has(seq));
    this.#scrollAnchor.preserve(() => {
      missing.forEach((seq) => this.#showMessage(seq));
      this.#showFollowers(missing);
    });
    return () => {
      this.#showsAll = false;
      this.#scrollAnchor.preserve(() => this.#nodes.keep(first, last));
    };
  }

  /** Counts new messages that the timeline does not hold. @param {number} count */
  addMissed(count) {
    this.#jumpToLatest.addMissed(count);
    this.#showJump();
  }

  /** Folds a long message, or opens it. @param {HTMLElement} node  @param {boolean} isFolded */
  setFolded(node, isFolded) {
    node.classList.toggle("is-unfolded", !isFolded);
    node.dataset.seq ? this.#update(Number(node.dataset.seq)) : this.#showPendingMessages();
  }

  /** Whether a message is before the reader's eyes. @param {?number} seq */
  isInView(seq) {
    const node = this.#nodes.get(seq);
    return !document.hidden && node !== undefined && this.#scrollAnchor.isInView(node);
  }

  /** The message an element shows. @returns {?import("../net/protocol.js").Message} */
  messageOf(node) {
    return this.#timeline.get(Number(node?.dataset.seq)) ?? null;
  }

  #render(seq) {
    if (!this.#nodes.has(seq)) {
      this.#nodes.clear();
      this.#extend([...this.#timeline.seqsBefore(seq, CHUNK), seq, ...this.#timeline.seqsAfter(seq, CHUNK)]);
    }
  }

  /** Renders messages that adjoin the rendered ones, the nearest first. */
  #extend(seqs) {
    this.#scrollAnchor.preserve(() => {
      seqs.forEach((seq) => this.#showMessage(seq));
      this.#showFollowers(seqs);
      this.#showPendingMessages();
      this.#trim(MAX_NODES);
    });
    this.#forgetFarMessages();
  }

  #forgetFarMessages() {
    if (this.#nodes.size) {
      this.#timeline.keepAround(this.#nodes.first, this.#nodes.last);
    }
  }

  /** Removes the messages furthest from the view, if there are too many. */
  #trim(limit) {
    if (this.#nodes.size > limit && !this.#showsAll) {
      this.#nodes.trim(this.#nodes.size - MAX_NODES, this.#scrollAnchor.isAtEnd ? null : this.#scrollAnchor.node);
      this.#showPendingMessages();
    }
  }

  /** Whether a message is rendered, or next to one that is. */
  #adjoins(seq) {
    const neighbours = [this.#timeline.before(seq), seq, this.#timeline.after(seq)];
    return this.#nodes.size === 0 || neighbours.some((it) => this.#nodes.has(it));
  }

  #showMessage(seq) {
    if (!this.#nodes.has(seq)) {
      const node = this.#pendingMessages.takeNode(this.#timeline.get(seq).id) ?? newMessageNode();
      this.#nodes.add(seq, node);
      showMessageNote(node, null);
    }
    this.#update(seq);
  }

  #update(seq) {
    const node = this.#nodes.get(seq);
    if (node) {
      const previous = this.#presenter.present(this.#timeline.before(seq));
      showMessage(node, this.#presenter.present(seq), previous, this.#me);
    }
  }

  /** The message after a new one may now belong to another group or day. */
  #showFollowers(seqs) {
    const shown = new Set(seqs);
    seqs.map((seq) => this.#timeline.after(seq)).filter((seq) => !shown.has(seq)).forEach((seq) => this.#update(seq));
  }

  #showRenamed() {
    const renamed = this.#timeline.popRenamed();
    if (renamed.size) {
      const isTheirs = (seq) => renamed.has(this.#timeline.get(seq).author.id);
      this.#nodes.seqs.filter(isTheirs).forEach((seq) => this.#update(seq));
    }
  }

  #showPendingMessages() {
    if (this.showsEnd) {
      this.#pendingMessages.show(this.#presenter.present(this.#timeline.newest));
    } else {
      this.#pendingMessages.hide();
    }
  }

  #onContentChange(newPosts) {
    this.#empty.hidden = !this.#timeline.isEmpty || !this.#pendingMessages.isEmpty;
    if (!this.#scrollAnchor.isAtEnd) {
      this.#jumpToLatest.addMissed(newPosts);
    }
    this.#onMove();
  }

  #onMove() {
    if (this.#scrollAnchor.isAtEnd) {
      this.#jumpToLatest.resetMissed();
    }
    this.#showJump();
    this.#reportSeen();
  }

  #showJump() {
    this.#jumpToLatest.show(!this.#scrollAnchor.isAtEnd);
  }

  #reportSeen() {
    const seq = document.hidden ? null : this.#lastSeen();
    if (seq) {
      this.#actions.onSeen(seq);
    }
  }

  #lastSeen() {
    return this.#scrollAnchor.isAtEnd ? this.#nodes.last : this.#nodes.lastWithin(this.#scrollAnchor.countSeen);
  }
}
