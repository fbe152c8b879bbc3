import { isMe } from "../people/is_me.js";
import { UnreadMessages } from "./unread_messages.js";

/** The place of the "New" line: above the first message I have not read. */
export class UnreadMarker {
  #lastRead;
  #me;
  #timeline;
  #onChange = () => {};

  /**
   * @param {?number} lastRead  the last seq I have read
   * @param {import("./timeline.js").Timeline} timeline
   * @param {{id: string}} me
   * @param {{kind?: string}} room
   */
  constructor(lastRead, timeline, me, room) {
    this.#lastRead = lastRead;
    this.#timeline = timeline;
    this.#me = me;
    this.unread = new UnreadMessages(me, room);
  }

  /** @param {() => void} onChange  of the place, or of what is unread */
  listen(onChange) {
    this.#onChange = onChange;
  }

  /** @returns {?number} */
  get lastRead() {
    return this.#lastRead;
  }

  /** The seq of the first unread message, if the timeline reaches back to it. @returns {?number} */
  get firstUnread() {
    if (this.#lastRead === null || this.#isAboveTimeline) {
      return null;
    }
    let seq = this.#timeline.after(this.#lastRead);
    while (seq !== null && !this.#isUnread(this.#timeline.get(seq))) {
      seq = this.#timeline.after(seq);
    }
    return seq;
  }

  /** @param {?number} seq  the last one I have read; null removes the marker */
  move(seq) {
    if (seq !== this.#lastRead) {
      this.#lastRead = seq;
      this.unread.restart(seq ?? 0);
      this.#onChange();
    }
  }

  /** Counts only these, the latest messages of the room: changes were missed. */
  recount(messages) {
    if (this.#lastRead !== null) {
      this.unread.restart(this.#lastRead);
      this.apply(messages.map((message) => ({ ...message, version: message.seq })));
      messages[0]?.seq > this.#lastRead + 1 && this.unread.markIncomplete();
    }
  }

  /** Counts posts, and later states of messages. @param {import("../net/protocol.js").Message[]} messages */
  apply(messages) {
    if (this.#lastRead !== null) {
      this.unread.apply(messages, this.#lastRead);
      this.#onChange();
    }
  }

  /** The room keeps no messages up to a seq any more. @param {number} seq */
  expire(seq) {
    this.unread.expire(seq);
    this.#onChange();
  }

  /** Whether unread messages begin before the timeline does. */
  get #isAboveTimeline() {
    const { oldest, hasOlder } = this.#timeline;
    return hasOlder && oldest !== null && oldest > this.#lastRead + 1;
  }

  #isUnread({ author, deleted, kind }) {
    return !isMe(author, this.#me) && !deleted && kind !== "event";
  }
}
