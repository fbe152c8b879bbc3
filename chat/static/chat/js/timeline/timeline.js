import { firstOf } from "../lib/first_of.js";

/** @typedef {import("../net/protocol.js").Message} Message */

/**
 * An unbroken part of a room, by seq; of each message the newest state. Mostly it is the latest part;
 * while somebody looks at what was long ago, it is that.
 */
export class Timeline {
  #messages = new Map();
  #order = []; // seqs, ascending
  #early = new Map(); // states of messages outside that part, by seq
  #ids = new Set(); // of messages, as their senders named them
  #names = new Map(); // of authors: the one in their latest message
  #renamed = new Set(); // authors whose name has changed since somebody asked
  hasOlder = false; // than what is known, in the room
  hasNewer = false;

  /** @returns {?number} */
  get oldest() {
    return this.#order[0] ?? null;
  }

  /** @returns {?number} */
  get newest() {
    return this.#order.at(-1) ?? null;
  }

  get isEmpty() {
    return this.#order.length === 0;
  }

  /** @param {number} seq  @returns {Message} */
  get(seq) {
    return this.#messages.get(seq);
  }

  /** The seq after this one, if it is known. @param {number} seq */
  after(seq) {
    return this.#order[this.#place(seq + 1)] ?? null;
  }

  /** The seq before this one, if it is known. @param {number} seq */
  before(seq) {
    return this.#order[this.#place(seq) - 1] ?? null;
  }

  /** @returns {number[]} */
  get seqs() {
    return this.#order;
  }

  /** Up to `count` of the seqs before this one, ascending. @returns {number[]} */
  seqsBefore(seq, count) {
    const end = this.#place(seq);
    return this.#order.slice(Math.max(0, end - count), end);
  }

  /** Up to `count` of the seqs after this one, ascending. @returns {number[]} */
  seqsAfter(seq, count) {
    const start = this.#place(seq + 1);
    return this.#order.slice(start, start + count);
  }

  /** How many messages before this one are known. @param {number} seq */
  countBefore(seq) {
    return this.#place(seq);
  }

  /** How many after it. @param {number} seq */
  countAfter(seq) {
    return this.#order.length - this.#place(seq + 1);
  }

  /** Whether a message was ever here. @param {string} id */
  hasSeen(id) {
    return this.#ids.has(id);
  }

  clear() {
    this.#early.clear();
    this.#messages.clear();
    this.#order = [];
    this.hasNewer = false;
  }

  /**
   * Takes another part of the room.
   * @param {Message[]} messages
   * @param {{more: boolean, newer?: boolean}} bounds  whether there are older ones, and newer
   */
  replace(messages, { more, newer = false }) {
    this.#messages.forEach((message) => this.#keepEarly(message));
    const states = messages.map((message) => this.#newest(message));
    this.#messages.clear();
    this.#order = [];
    this.hasOlder = this.hasNewer = false;
    this.put(states);
    this.hasOlder = more;
    this.hasNewer = newer;
    this.#takeUpEarly();
  }

  /** Takes a page of newer messages; `newer`: whether there are still others. */
  putNewer(messages, newer) {
    this.hasNewer = false;
    const news = this.put(messages.map((message) => this.#newest(message)));
    this.hasNewer = newer;
    return [...news, ...this.#takeUpEarly()];
  }

  /** Whether a message lies where every message is known. @param {number} seq */
  covers(seq) {
    return this.#messages.has(seq);
  }

  /** The last message that `isIt` is true of. @param {(message: Message) => boolean} isIt  @returns {?Message} */
  findLast(isIt) {
    const seq = this.#order.findLast((it) => isIt(this.#messages.get(it)));
    return seq === undefined ? null : this.#messages.get(seq);
  }

  /**
   * Takes a page of older messages.
   * @param {Message[]} messages
   * @param {boolean} more  whether there are still older ones
   * @returns {Message[]} what was news
   */
  putOlder(messages, more) {
    this.hasOlder = false;
    const news = this.put(messages.map((message) => this.#newest(message)));
    this.hasOlder = more;
    return news;
  }

  /**
   * Takes states of messages; old news changes nothing, and neither does
   * what lies outside the pages that are here: it would look like their neighbour.
   * @param {Message[]} messages
   * @returns {Message[]} what was news
   */
  put(messages) {
    const start = this.hasOlder ? (this.oldest ?? 0) : 0; // what lies before it comes with its page
    const end = this.hasNewer ? (this.#order.at(-1) ?? 0) : Infinity; // and so does what lies after
    return messages.filter((message) => {
      this.#ids.add(message.id);
      const known = this.#messages.get(message.seq);
      if (!known && (message.seq < start || message.seq > end)) {
        this.#keepEarly(message);
        return false;
      }
      if (known && known.version >= message.version) {
        return false;
      }
      if (!known) {
        this.#order.splice(this.#place(message.seq), 0, message.seq);
      }
      this.#messages.set(message.seq, message);
      this.#learnName(message);
      return true;
    });
  }

  /** What an author is called now. @param {{id: string, name: string}} author */
  nameOf(author) {
    return this.#names.get(author.id)?.name ?? author.name;
  }

  /** @param {{id: string, name: string}} author */
  rename({ id, name }) {
    const known = this.#names.get(id);
    if (known && known.name !== name) {
      this.#renamed.add(id);
    }
    this.#names.set(id, { name, version: known?.version ?? 0 });
  }

  /** Those whose name has changed since this was last asked. @returns {Set<string>} their ids */
  takeRenamed() {
    const renamed = this.#renamed;
    this.#renamed = new Set();
    return renamed;
  }

  /** What was said at the end while the page looked elsewhere. */
  #takeUpEarly() {
    const last = this.#order.at(-1) ?? 0;
    return this.hasNewer ? [] : this.put([...this.#early.values()].filter(({ seq }) => seq > last));
  }

  /** A page that is on its way may hold the message as it was before. */
  #keepEarly(message) {
    this.#early.set(message.seq, this.#newest(message));
  }

  #newest(message) {
    const early = this.#early.get(message.seq);
    return early && early.version > message.version ? early : message;
  }

  #learnName({ author, version }) {
    if (version >= (this.#names.get(author.id)?.version ?? 0)) {
      this.rename(author);
      this.#names.get(author.id).version = version;
    }
  }

  /** The index of the first seq that is not below `seq`. */
  #place(seq) {
    return firstOf(this.#order.length, (index) => this.#order[index] >= seq);
  }
}
