/** @typedef {import("../net/protocol.js").Message} Message */

const BATCH = 50; // messages a request
const BATCH_MS = 30;
const RETRY_MS = 5_000;
const MAX_KEPT = 500; // more than are in the document; the one needed longest ago is forgotten

/** Messages outside the timeline that are quoted in it: fetched in batches, and updated by later changes. */
export class QuotedMessages {
  #messages = new Map(); // by seq; null where there is no such message
  #wanted = new Set();
  #timer = 0;
  #fetch;
  #onLoad = () => {};

  /** @param {(seqs: number[]) => Promise<{messages: Message[], more: boolean}>} fetch  by seq; `more`: not all */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** @param {() => void} onLoad */
  listen(onLoad) {
    this.#onLoad = onLoad;
  }

  /** Undefined while the message is fetched, null if there is none. @returns {?Message} */
  get(seq) {
    if (!this.#messages.has(seq)) {
      this.#wanted.add(seq);
      this.#timer ||= setTimeout(() => this.#load(), BATCH_MS);
      return undefined;
    }
    const message = this.#messages.get(seq);
    this.#keep(seq, message);
    return message;
  }

  /** Takes over newer states of quoted messages. @param {Message[]} messages */
  update(messages) {
    for (const message of messages) {
      const known = this.#messages.get(message.seq);
      if (known && known.version < message.version) {
        this.#messages.set(message.seq, message);
      }
    }
  }

  /** The room keeps no messages up to a seq any more. @param {number} seq */
  expire(seq) {
    [...this.#messages.keys()].filter((it) => it <= seq).forEach((it) => this.#messages.set(it, null));
  }

  /** Changes were missed: all messages must be fetched again. */
  clear() {
    this.#messages.clear();
  }

  /** Keeps a message as the one needed last. */
  #keep(seq, message) {
    this.#messages.delete(seq);
    this.#messages.set(seq, message);
    if (this.#messages.size > MAX_KEPT) {
      this.#messages.delete(this.#messages.keys().next().value);
    }
  }

  async #load() {
    const seqs = [...this.#wanted].slice(0, BATCH);
    let wait = BATCH_MS;
    try {
      const { messages, more } = await this.#fetch(seqs);
      const last = more ? messages.at(-1).seq : Infinity;
      const answered = seqs.filter((seq) => seq <= last);
      answered.forEach((seq) => this.#wanted.delete(seq));
      answered.forEach((seq) => this.#keep(seq, this.#messages.get(seq) ?? null));
      messages.forEach((message) => this.#keep(message.seq, message));
      this.#onLoad();
    } catch {
      wait = RETRY_MS;
    }
    this.#timer = this.#wanted.size ? setTimeout(() => this.#load(), wait) : 0;
  }
}
