import { newUuid } from "../lib/uuid.js";

const RETRY_MS = 2_000;
const TEMPORARY_ERRORS = new Set(["busy", "unavailable", "too_fast"]); // the server will accept the message later

/** @typedef {import("./outbox_store.js").PendingMessage} PendingMessage */

/**
 * Messages I wrote that the room has not confirmed. They are sent in the order written, one at a time. A message
 * that the server refused waits for its retry, while the next ones are sent. A resend has the same id.
 */
export class Outbox {
  #pending = new Map(); // by id
  #store;
  #send;
  #onChange = () => {};
  #inFlightId = null; // of the message that was sent and not answered
  #retryTimer = 0;
  #retryAt = null;

  /**
   * @param {import("./outbox_store.js").OutboxStore} store
   * @param {(message: PendingMessage) => boolean} send  false without a connection
   */
  constructor(store, send) {
    this.#store = store;
    this.#send = send;
    store.listen((change) => this.#applyFromOtherTab(change));
  }

  /** @param {() => void} onChange */
  listen(onChange) {
    this.#onChange = onChange;
  }

  /** @returns {PendingMessage[]} in the order written */
  get messages() {
    return [...this.#pending.values()];
  }

  /** When a message that was too fast is sent again; null if none was. @returns {?Date} */
  get retryAt() {
    return this.#retryAt;
  }

  /**
   * Loads what an earlier page or another tab left.
   * @param {(id: string) => boolean} isConfirmed  whether the room has shown a message meanwhile
   */
  async restore(isConfirmed) {
    const stored = await this.#store.all();
    const messages = [...stored, ...this.messages].filter(({ id }) => !isConfirmed(id));
    stored.filter(({ id }) => isConfirmed(id)).forEach(({ id }) => this.#store.remove(id));
    this.#pending = new Map(messages.map((message) => [message.id, message]));
    this.#onChange();
    this.#sendNext();
  }

  /**
   * @param {string} text
   * @param {{kind: "text"|"action"|"topic", replyTo: ?number}} options
   */
  add(text, { kind, replyTo }) {
    this.#save({ id: newUuid(), text, kind, replyTo, writtenAt: new Date(), refusal: null });
    this.#sendNext();
  }

  /** After a reconnect: the last connection may have lost what was in flight. */
  resend() {
    this.#inFlightId = this.#retryAt = null;
    this.#sendNext();
  }

  /** The room shows this message: it is stored. @param {string} id */
  confirm(id) {
    if (this.#pending.delete(id)) {
      this.#store.remove(id);
      this.#onAnswer(id);
    }
  }

  /**
   * @param {{id: ?string, code: string, detail: string, retry_after?: number}} error
   * @returns {boolean} whether it answers one of these messages
   */
  handleError({ id: named, code, detail, retry_after: seconds }) {
    const id = named ?? this.#inFlightId; // the server could not read the frame, so not its id either
    const message = this.#pending.get(id);
    if (message && TEMPORARY_ERRORS.has(code)) {
      this.#retryLater(id, seconds ? seconds * 1_000 : RETRY_MS, Boolean(seconds));
    } else if (message) {
      this.#save({ ...message, refusal: detail });
      this.#onAnswer(id);
    }
    return Boolean(message);
  }

  /** @param {string} id */
  retry(id) {
    this.#save({ ...this.#pending.get(id), refusal: null });
    this.#sendNext();
  }

  /** @param {string} id */
  discard(id) {
    this.confirm(id);
    this.#onChange();
  }

  #retryLater(id, wait, isTooFast) {
    clearTimeout(this.#retryTimer);
    this.#retryAt = isTooFast ? new Date(Date.now() + wait) : null;
    this.#retryTimer = setTimeout(() => this.#onAnswer(id), wait);
    this.#onChange();
  }

  #save(message) {
    this.#pending.set(message.id, message);
    this.#store.put(message);
    this.#onChange();
  }

  #sendNext() {
    const next = this.messages.find(({ refusal }) => !refusal);
    if (next && !this.#inFlightId && this.#send(next)) {
      this.#inFlightId = next.id;
    }
  }

  #onAnswer(id) {
    this.#retryAt = null;
    if (this.#inFlightId === id) {
      this.#inFlightId = null;
    }
    this.#sendNext();
  }

  #applyFromOtherTab({ put, remove }) {
    if (put) {
      this.#pending.set(put.id, put);
    } else {
      this.#pending.delete(remove);
      this.#onAnswer(remove);
    }
    this.#onChange();
  }
}
