import { isForMe, isPost } from "../net/protocol.js";
import { isMe } from "../people/is_me.js";

const MAX_POSTS = 1_000; // known by seq; earlier ones are only counted
const MAX_MENTIONS = 100;

/**
 * What others posted since I last read: how many messages, since when, and which of them mention me. The server counts
 * what was posted before the page.
 */
export class UnreadMessages {
  isFirstSeen = false; // whether the first one was in view
  isMore = false; // whether there are more than `count`
  #me;
  #room;
  #since = null;
  #isSinceKnown = true;
  #counted = 0; // messages up to `#upTo`
  #upTo = 0;
  #posts = new Set(); // seqs of later ones
  #mentions = new Set(); // seqs of those not seen yet

  /**
   * @param {{id: string}} me
   * @param {{kind?: string}} room
   */
  constructor(me, room = {}) {
    this.#me = me;
    this.#room = room;
  }

  /**
   * Takes over what the server counted.
   * @param {?{count: number, more: boolean, since: string, mentions: number[]}} counted
   * @param {number} upTo  the version of the page
   */
  start(counted, upTo) {
    this.#upTo = upTo;
    if (counted) {
      this.#counted = counted.count;
      this.isMore = counted.more;
      this.#since = new Date(counted.since);
      counted.mentions.forEach((seq) => this.#mentions.add(seq));
    }
  }

  /** Everything up to a seq is read. @param {number} upTo */
  restart(upTo) {
    this.isFirstSeen = this.isMore = false;
    this.#since = null;
    this.#isSinceKnown = true;
    this.#counted = 0;
    this.#upTo = upTo;
    this.#posts.clear();
    this.#mentions.clear();
  }

  /** There are earlier ones, that are not known. */
  markIncomplete() {
    this.isMore = true;
    this.#isSinceKnown = false;
  }

  get count() {
    return this.#counted + this.#posts.size;
  }

  /** The greatest seq that may be unread. */
  get newest() {
    return Math.max(this.#upTo, ...this.#posts);
  }

  /** When the first one was sent; null if that is not known. @returns {?Date} */
  get since() {
    return this.#isSinceKnown ? this.#since : null;
  }

  /** The seqs of mentions that were not in view yet, ascending. @returns {number[]} */
  get mentions() {
    return [...this.#mentions].sort((one, other) => one - other);
  }

  /** @param {number} seq  of a mention that is in view */
  markSeen(seq) {
    this.#mentions.delete(seq);
  }

  /**
   * Counts posts and later states of messages.
   * @param {import("../net/protocol.js").Message[]} messages
   * @param {number} lastRead
   */
  apply(messages, lastRead) {
    for (const message of messages.filter(({ seq, author }) => seq > lastRead && !isMe(author, this.#me))) {
      message.deleted ? this.#remove(message) : this.#put(message);
    }
  }

  #put(message) {
    const { seq, sent_at: sentAt } = message;
    const isNew = isPost(message) && seq > this.#upTo;
    if (isNew) {
      this.#posts.add(seq);
      this.#since ??= new Date(sentAt);
      this.#forgetFirst();
    }
    if (!isForMe(message, this.#me, this.#room)) {
      this.#mentions.delete(seq);
    } else if (isNew && this.#mentions.size < MAX_MENTIONS) {
      this.#mentions.add(seq);
    }
  }

  #remove({ seq }) {
    this.#mentions.delete(seq);
    if (seq > this.#upTo) {
      this.#posts.delete(seq);
    } else {
      this.#counted = Math.max(0, this.#counted - 1);
    }
  }

  /** The room keeps no messages up to a seq any more. @param {number} seq */
  expire(seq) {
    [this.#posts, this.#mentions].forEach((seqs) => [...seqs].filter((it) => it <= seq).forEach((it) => seqs.delete(it)));
    if (seq >= this.#upTo) {
      this.#counted = 0;
      this.isMore = false;
    }
  }

  #forgetFirst() {
    if (this.#posts.size > MAX_POSTS) {
      [this.#upTo] = this.#posts;
      this.#posts.delete(this.#upTo);
      this.#counted += 1;
    }
  }
}
