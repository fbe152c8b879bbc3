const SIGN_MS = 3_000; // between two signs of mine
const FADE_MS = 8_000; // of the others, should no word come that they stopped

/** @typedef {import("../net/protocol.js").Person} Person */

/** Who is writing. */
export class Typing {
  #me;
  #send;
  #changed;
  #sentAt = 0;
  #people = [];
  #count = 0;
  #timer = 0;

  /**
   * @param {Person} me
   * @param {() => void} send  says that I write
   * @param {() => void} changed
   */
  constructor(me, send, changed) {
    this.#me = me;
    this.#send = send;
    this.#changed = changed;
  }

  /** The others; more may write than are named. @returns {{people: Person[], count: number}} */
  get others() {
    const people = this.#people.filter(({ id }) => id !== this.#me.id);
    return { people, count: this.#count - (this.#people.length - people.length) };
  }

  /** I write. */
  sign() {
    if (Date.now() - this.#sentAt > SIGN_MS) {
      this.#sentAt = Date.now();
      this.#send();
    }
  }

  /** I have sent it: the next sign is news. */
  stop() {
    this.#sentAt = 0;
  }

  /** @param {{count: number, people: Person[]}} typing */
  replace({ count, people }) {
    this.#count = count;
    this.#people = people;
    clearTimeout(this.#timer);
    this.#timer = count ? setTimeout(() => this.replace({ count: 0, people: [] }), FADE_MS) : 0;
    this.#changed();
  }

  /** They have said it. @param {string} id */
  ended(id) {
    if (this.#people.some((person) => person.id === id)) {
      this.#people = this.#people.filter((person) => person.id !== id);
      this.#count -= 1;
      this.#changed();
    }
  }
}
