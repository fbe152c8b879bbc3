import { newId } from "../lib/ids.js";

const RETRY_MS = 2_000;
const PASSING = new Set(["busy", "unavailable", "too_fast"]); // the server will take it later

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
  #due = null; // when what was too fast goes out

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

  /**
   * @param {string} text
   * @param {{kind: "text"|"action"|"topic", replyTo: ?number}} how
   */
  write(text, { kind, replyTo }) {
    const letter = { id: newId(), text, kind, replyTo, writtenAt: new Date(), refusal: null };
    this.#keep(letter);
    this.#send();
  }

  /** There is a new connection: what was under way on the last may be lost. */
  resend() {
    this.#underway = this.#due = null;
    this.#send();
  }

  /** @param {string} id  seen in the room: it is on disk */
  confirm(id) {
    if (this.#letters.delete(id)) {
      this.#store.remove(id);
      this.#answered(id);
    }
  }

  /** When what was too fast goes out; null where nothing was. @returns {?Date} */
  get due() {
    return this.#due;
  }

  /**
   * @param {{id: ?string, code: string, detail: string, retry_after?: number}} error
   * @returns {boolean} whether it was about a letter
   */
  refuse({ id: named, code, detail, retry_after: seconds }) {
    const id = named ?? this.#underway; // a frame that could not be read at all has no name
    const letter = this.#letters.get(id);
    if (letter && PASSING.has(code)) {
      this.#putOff(id, seconds ? seconds * 1_000 : RETRY_MS, Boolean(seconds));
    } else if (letter) {
      this.#keep({ ...letter, refusal: detail });
      this.#answered(id);
    }
    return Boolean(letter);
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

  #putOff(id, wait, isTooFast) {
    clearTimeout(this.#retry);
    this.#due = isTooFast ? new Date(Date.now() + wait) : null;
    this.#retry = setTimeout(() => this.#answered(id), wait);
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
    this.#due = null;
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
