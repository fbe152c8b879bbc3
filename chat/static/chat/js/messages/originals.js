/** @typedef {import("../net/protocol.js").Message} Message */

const AT_ONCE = 50;
const GATHER_MS = 30;
const RETRY_MS = 5_000;

/** Messages that are quoted and lie elsewhere in the room: fetched once, and kept up to date. */
export class Originals {
  #states = new Map(); // by seq; null where there is no such message
  #wanted = new Set();
  #timer = 0;
  #fetch;
  #arrived;

  /**
   * @param {(seqs: number[]) => Promise<Message[]>} fetch
   * @param {() => void} arrived
   */
  constructor(fetch, arrived) {
    this.#fetch = fetch;
    this.#arrived = arrived;
  }

  /** The message at `seq`; undefined while it is not known yet, null if there is none. @returns {?Message} */
  get(seq) {
    if (!this.#states.has(seq)) {
      this.#wanted.add(seq);
      this.#timer ||= setTimeout(() => this.#load(), GATHER_MS);
    }
    return this.#states.get(seq);
  }

  /** Takes news of messages; of those that are quoted. @param {Message[]} messages */
  take(messages) {
    for (const message of messages) {
      const known = this.#states.get(message.seq);
      if (known && known.version < message.version) {
        this.#states.set(message.seq, message);
      }
    }
  }

  /** What was missed is not known: all are asked for anew when they are wanted. */
  clear() {
    this.#states.clear();
  }

  async #load() {
    const seqs = [...this.#wanted].slice(0, AT_ONCE);
    let wait = GATHER_MS;
    try {
      const messages = await this.#fetch(seqs);
      seqs.forEach((seq) => this.#wanted.delete(seq));
      seqs.forEach((seq) => this.#states.set(seq, this.#states.get(seq) ?? null));
      messages.forEach((message) => this.#states.set(message.seq, message));
      this.#arrived();
    } catch {
      wait = RETRY_MS;
    }
    this.#timer = this.#wanted.size ? setTimeout(() => this.#load(), wait) : 0;
  }
}
