const RETRY_MS = 2_000;
const PASSING = new Set(["busy", "unavailable"]); // the server will take it later

/** @typedef {import("./outbox_store.js").Letter} Letter */

/**
 * What I wrote and nobody has confirmed. It is sent in the order written, one after the other, so that
 * none overtakes another that the server puts off; a resend has the same id.
 */
export class Outbox {
  #letters = new Map();
  #store;
  #post;
  #changed;
  #underway = null; // the id of the letter that was sent and not answered
  #retry = 0;

  /**
   * @param {import("./outbox_store.js").OutboxStore} store
   * @param {(letter: Letter) => boolean} post  whether there is a connection it was sent over
   * @param {() => void} changed
   */
  constructor(store, post, changed) {
    this.#store = store;
    this.#post = post;
    this.#changed = changed;
    store.listen((change) => this.#otherTab(change));
  }

  /** @returns {Letter[]} in the order written */
  get letters() {
    return [...this.#letters.values()];
  }

  /**
   * Takes up what an earlier page, or another tab, has left.
   * @param {(id: string) => boolean} isThere  whether a message has been seen in the room meanwhile
   */
  async restore(isThere) {
    const left = await this.#store.all();
    const letters = [...left, ...this.letters].filter(({ id }) => !isThere(id));
    left.filter(({ id }) => isThere(id)).forEach(({ id }) => this.#store.remove(id));
    this.#letters = new Map(letters.map((letter) => [letter.id, letter]));
    this.#changed();
    this.#send();
  }

  /** @param {string} text */
  write(text) {
    const letter = { id: newId(), text, writtenAt: new Date(), refusal: null };
    this.#keep(letter);
    this.#send();
  }

  /** There is a new connection: what was under way on the last may be lost. */
  resend() {
    this.#underway = null;
    this.#send();
  }

  /** @param {string} id  seen in the room: it is on disk */
  confirm(id) {
    if (this.#letters.delete(id)) {
      this.#store.remove(id);
      this.#answered(id);
    }
  }

  /** @param {{id: ?string, code: string, detail: string}} error */
  refuse({ id: named, code, detail }) {
    const id = named ?? this.#underway; // a frame that could not be read at all has no name
    const letter = this.#letters.get(id);
    if (letter && PASSING.has(code)) {
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#answered(id), RETRY_MS);
    } else if (letter) {
      this.#keep({ ...letter, refusal: detail });
      this.#answered(id);
    }
  }

  /** @param {string} id */
  retry(id) {
    this.#keep({ ...this.#letters.get(id), refusal: null });
    this.#send();
  }

  /** @param {string} id */
  discard(id) {
    this.confirm(id);
    this.#changed();
  }

  #keep(letter) {
    this.#letters.set(letter.id, letter);
    this.#store.put(letter);
    this.#changed();
  }

  #send() {
    const next = this.letters.find(({ refusal }) => !refusal);
    if (next && !this.#underway && this.#post(next)) {
      this.#underway = next.id;
    }
  }

  #answered(id) {
    if (this.#underway === id) {
      this.#underway = null;
    }
    this.#send();
  }

  #otherTab({ put, remove }) {
    if (put) {
      this.#letters.set(put.id, put);
    } else {
      this.#letters.delete(remove);
      this.#answered(remove);
    }
    this.#changed();
  }
}

/** A random UUID; `crypto.randomUUID` is there on secure origins only, a LAN address is none. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4, RFC 9562, 5.4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
