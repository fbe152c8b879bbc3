/** @typedef {import("./socket.js").Message} Message */

/** The messages known of a room, by seq; of each the newest state. */
export class Timeline {
  #messages = new Map();
  #order = []; // seqs, ascending
  #early = new Map(); // what came before the page it belongs to, by seq
  #ids = new Set(); // of messages, as their senders named them
  #names = new Map(); // of authors: the one in their latest message
  #renamed = new Set(); // authors whose name has changed since somebody asked
  hasOlder = false;

  /** @returns {?number} */
  get oldest() {
    return this.#order[0] ?? null;
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

  /** Whether a message was ever here. @param {string} id */
  hasSeen(id) {
    return this.#ids.has(id);
  }

  clear() {
    this.#early.clear();
    this.#messages.clear();
    this.#order = [];
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
   * what lies before the pages that are here: it would look like the beginning.
   * @param {Message[]} messages
   * @returns {Message[]} what was news
   */
  put(messages) {
    const start = this.hasOlder ? (this.oldest ?? 0) : 0; // what lies before it comes with its page
    return messages.filter((message) => {
      this.#ids.add(message.id);
      const known = this.#messages.get(message.seq);
      if (!known && message.seq < start) {
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
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order[middle] < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
