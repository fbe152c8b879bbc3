import { lowerBound } from "../lib/lower_bound.js";

/** @typedef {import("../net/protocol.js").Message} Message */

/**
 * A part of a room's messages without a gap, by seq, each in its newest state. Usually it is the latest part; while a
 * person reads far back, it is the part around there.
 */
export class Timeline {
  #messages = new Map(); // by seq
  #seqs = []; // ascending
  #outside = new Map(); // newest states of messages outside the part, by seq
  #seenIds = new Set(); // ids that senders gave to messages
  #names = new Map(); // of authors, from their latest message, by id
  #renamed = new Set(); // ids of authors renamed since `popRenamed`
  hasOlder = false; // messages in the room before this part
  hasNewer = false;

  /** @returns {?number} */
  get oldest() {
    return this.#seqs[0] ?? null;
  }

  /** @returns {?number} */
  get newest() {
    return this.#seqs.at(-1) ?? null;
  }

  get isEmpty() {
    return this.#seqs.length === 0;
  }

  /** @returns {number[]} */
  get seqs() {
    return this.#seqs;
  }

  /** @param {number} seq  @returns {Message} */
  get(seq) {
    return this.#messages.get(seq);
  }

  /** @param {number} seq */
  has(seq) {
    return this.#messages.has(seq);
  }

  /** The next seq in this part. @param {number} seq  @returns {?number} */
  after(seq) {
    return this.#seqs[this.#indexOf(seq + 1)] ?? null;
  }

  /** The previous seq in this part. @param {number} seq  @returns {?number} */
  before(seq) {
    return this.#seqs[this.#indexOf(seq) - 1] ?? null;
  }

  /** Up to `count` seqs before this one, ascending. @returns {number[]} */
  seqsBefore(seq, count) {
    const end = this.#indexOf(seq);
    return this.#seqs.slice(Math.max(0, end - count), end);
  }

  /** Up to `count` seqs after this one, ascending. @returns {number[]} */
  seqsAfter(seq, count) {
    const start = this.#indexOf(seq + 1);
    return this.#seqs.slice(start, start + count);
  }

  /** How many messages of this part lie before a seq. @param {number} seq */
  countBefore(seq) {
    return this.#indexOf(seq);
  }

  /** How many messages of this part lie after a seq. @param {number} seq */
  countAfter(seq) {
    return this.#seqs.length - this.#indexOf(seq + 1);
  }

  /** Whether a message of this id was ever put here. @param {string} id */
  hasSeen(id) {
    return this.#seenIds.has(id);
  }

  /** @param {(message: Message) => boolean} predicate  @returns {?Message} */
  findLast(predicate) {
    const seq = this.#seqs.findLast((it) => predicate(this.#messages.get(it)));
    return seq === undefined ? null : this.#messages.get(seq);
  }

  clear() {
    this.#outside.clear();
    this.#messages.clear();
    this.#seqs = [];
    this.hasNewer = false;
  }

  /**
   * Becomes another part of the room.
   * @param {Message[]} messages
   * @param {{more: boolean, newer?: boolean}} page  whether the room has older messages, and newer ones
   */
  replace(messages, { more, newer = false }) {
    this.#messages.forEach((message) => this.#putOutside(message));
    const states = messages.map((message) => this.#newest(message));
    this.#messages.clear();
    this.#seqs = [];
    this.hasOlder = this.hasNewer = false;
    this.put(states);
    this.hasOlder = more;
    this.hasNewer = newer;
    this.#putOutsideAtEnd();
  }

  /**
   * Puts the page that follows this part.
   * @param {Message[]} messages
   * @param {boolean} newer  whether the room has still newer messages
   * @returns {Message[]} those that changed something
   */
  putNewer(messages, newer) {
    this.hasNewer = false;
    const changed = this.put(messages.map((message) => this.#newest(message)));
    this.hasNewer = newer;
    return [...changed, ...this.#putOutsideAtEnd()];
  }

  /**
   * Puts the page that precedes this part.
   * @param {Message[]} messages
   * @param {boolean} more  whether the room has still older messages
   * @returns {Message[]} those that changed something
   */
  putOlder(messages, more) {
    this.hasOlder = false;
    const changed = this.put(messages.map((message) => this.#newest(message)));
    this.hasOlder = more;
    return changed;
  }

  /**
   * Puts states of messages. Earlier states than the known ones change nothing; messages outside this part are kept
   * aside, as they would look like neighbours of messages they are far from.
   * @param {Message[]} messages
   * @returns {Message[]} those that changed something
   */
  put(messages) {
    const start = this.hasOlder ? (this.oldest ?? 0) : 0;
    const end = this.hasNewer ? (this.newest ?? 0) : Infinity;
    return messages.filter((message) => {
      this.#seenIds.add(message.id);
      const known = this.#messages.get(message.seq);
      if (!known && (message.seq < start || message.seq > end)) {
        this.#putOutside(message);
        return false;
      }
      if (known && known.version >= message.version) {
        return false;
      }
      if (!known) {
        this.#seqs.splice(this.#indexOf(message.seq), 0, message.seq);
      }
      this.#messages.set(message.seq, message);
      this.#learnName(message);
      return true;
    });
  }

  /** An author's present name. @param {{id: string, name: string}} author */
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

  /** The ids of the authors renamed since the last call. @returns {Set<string>} */
  popRenamed() {
    const renamed = this.#renamed;
    this.#renamed = new Set();
    return renamed;
  }

  /** Puts what was posted at the end of the room while this was another part of it. */
  #putOutsideAtEnd() {
    const last = this.newest ?? 0;
    return this.hasNewer ? [] : this.put([...this.#outside.values()].filter(({ seq }) => seq > last));
  }

  /** A page that is being fetched may hold an earlier state. */
  #putOutside(message) {
    this.#outside.set(message.seq, this.#newest(message));
  }

  #newest(message) {
    const other = this.#outside.get(message.seq);
    return other && other.version > message.version ? other : message;
  }

  #learnName({ author, version }) {
    if (version >= (this.#names.get(author.id)?.version ?? 0)) {
      this.rename(author);
      this.#names.get(author.id).version = version;
    }
  }

  /** The index of the first seq that is not below `seq`. */
  #indexOf(seq) {
    return lowerBound(this.#seqs.length, (index) => this.#seqs[index] >= seq);
  }
}
