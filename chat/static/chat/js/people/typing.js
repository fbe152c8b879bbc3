const SEND_INTERVAL_MS = 3_000;
const EXPIRE_MS = 8_000; // for when the server's next event is lost

/** @typedef {import("../net/protocol.js").Person} Person */

/** Who is typing in the room. */
export class Typing {
  #me;
  #send;
  #onChange = () => {};
  #sentAt = 0;
  #people = [];
  #count = 0;
  #timer = 0;

  /**
   * @param {Person} me
   * @param {(on: boolean) => void} send  reports to the server that I type, or no longer
   */
  constructor(me, send) {
    this.#me = me;
    this.#send = send;
  }

  /** @param {() => void} onChange */
  listen(onChange) {
    this.#onChange = onChange;
  }

  /** The others; `count` includes those who are not named. @returns {{people: Person[], count: number}} */
  get others() {
    const people = this.#people.filter(({ id }) => id !== this.#me.id);
    return { people, count: this.#count - (this.#people.length - people.length) };
  }

  /** I type: reported to the server at most every SEND_INTERVAL_MS. */
  sendTyping() {
    if (Date.now() - this.#sentAt > SEND_INTERVAL_MS) {
      this.#sentAt = Date.now();
      this.#send(true);
    }
  }

  /** I have stopped without sending: reported if the others may see that I type. */
  stopTyping() {
    if (Date.now() - this.#sentAt < EXPIRE_MS) {
      this.#send(false);
    }
    this.reset();
  }

  /** I have sent my message: typing the next one is reported without delay. */
  reset() {
    this.#sentAt = 0;
  }

  /** @param {{count: number, people: Person[]}} typing */
  replace({ count, people }) {
    this.#count = count;
    this.#people = people;
    clearTimeout(this.#timer);
    this.#timer = count ? setTimeout(() => this.replace({ count: 0, people: [] }), EXPIRE_MS) : 0;
    this.#onChange();
  }

  /** A person has posted their message. @param {string} id */
  remove(id) {
    if (this.#people.some((person) => person.id === id)) {
      this.#people = this.#people.filter((person) => person.id !== id);
      this.#count -= 1;
      this.#onChange();
    }
  }
}
