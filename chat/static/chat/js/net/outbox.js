import { gettext } from "../lib/i18n.js";
import { newUuid } from "../lib/uuid.js";
import { retryDelay } from "./retry_delay.js";

const PASSING = ["not_stored", "muted", "locked", "name_first", "too_many_held"]; // a message that was refused may be taken later
const UPLOAD_AGAIN = ["no_such_file", "file_in_use"]; // the server has forgotten a file; a withdrawn message has it
const SLOW_MS = 4_000; // without a confirmation
const WITHDRAWN_MS = 24 * 60 * 60_000; // a message taken back is looked for so long

/** @typedef {import("./outbox_store.js").PendingMessage} PendingMessage */

/**
 * Messages I wrote that the room has not confirmed. They are sent in the order written, one at a time. A message
 * that the server refused waits for its retry, while the next ones are sent. A resend has the same id.
 *
 * A message is withdrawn for sure until the first frame with it goes out. Later it may be stored: then it is not sent
 * again, and it is deleted if the room shows it.
 *
 * The files of a message are uploaded when its turn has come, and it is sent when they are.
 */
export class Outbox {
  #pending = new Map(); // by id
  #store;
  #connection;
  #onChange = () => {};
  #inFlightId = null; // of the message that was sent and not answered
  #sentAt = 0;
  #attempts = 0;
  #held = new Map(); // by id: messages as they were when I began to edit them
  #retryTimer = 0;
  #retryAt = null;
  #isConfirmed = () => false;
  #upload = () => {};

  /**
   * @param {import("./outbox_store.js").OutboxStore} store
   * @param {{isOpen: () => boolean, send: (message: PendingMessage) => boolean}} connection
   */
  constructor(store, connection) {
    this.#store = store;
    this.#connection = connection;
    store.listen((change) => this.#applyFromOtherTab(change));
  }

  /** @param {() => void} onChange */
  listen(onChange) {
    this.#onChange = onChange;
  }

  /**
   * @param {(action: "start"|"discard"|"forget", message?: PendingMessage) => void} upload  `start`: uploads the files of
   *   a message, if it is not doing so; `discard`: the server forgets them; `forget`: so does this device
   */
  uploadWith(upload) {
    this.#upload = upload;
  }

  /** @returns {PendingMessage[]} in the order written, without withdrawn ones */
  get messages() {
    return [...this.#pending.values()].filter(({ withdrawn }) => !withdrawn);
  }

  get isConnected() {
    return this.#connection.isOpen();
  }

  /** When a message that was too fast is sent again; null if none was. @returns {?Date} */
  get retryAt() {
    return this.#retryAt;
  }

  /** Whether the server takes long to confirm a message. */
  get isSlow() {
    return this.#inFlightId !== null && Date.now() - this.#sentAt >= SLOW_MS;
  }

  /**
   * Loads what an earlier page or another tab left.
   * @param {(id: string) => boolean} isConfirmed  whether the room has shown a message meanwhile
   */
  async restore(isConfirmed) {
    this.#isConfirmed = isConfirmed;
    const stored = await this.#store.all();
    const isOver = ({ id, withdrawn, seq, writtenAt }) =>
      withdrawn ? !seq && Date.now() - writtenAt > WITHDRAWN_MS : isConfirmed(id);
    stored.filter(isOver).forEach(({ id }) => this.#store.remove(id));
    const messages = [...stored, ...this.#pending.values()].filter((message) => !isOver(message));
    this.#pending = new Map(messages.map((message) => [message.id, message]));
    this.#askAgain(); // the connection may be open since before
    this.#onChange();
    this.#sendNext();
  }

  /**
   * @param {string} text
   * @param {{kind: "text"|"action"|"topic", replyTo: ?number, files?: import("./outbox_store.js").PendingFile[]}} options
   */
  add(text, { kind, replyTo, files = [] }) {
    const attempted = !files.length && !this.#next && !this.#inFlightId && this.#connection.isOpen(); // it goes out at once
    this.#save({ id: newUuid(), text, kind, replyTo, files, writtenAt: new Date(), refusal: null, attempted });
    this.#sendNext();
  }

  /** Files of a message are uploaded. @param {string} id  @param {import("./outbox_store.js").PendingFile[]} files  all of it */
  setFiles(id, files) {
    this.#save({ ...this.#pending.get(id), files });
    this.#sendNext();
  }

  /** After a reconnect, where the last connection may have lost what was in flight; or when a moderator has decided. */
  resend() {
    this.#inFlightId = this.#retryAt = null;
    this.#askAgain();
    this.#sendNext();
  }

  /** What waits for a moderator is sent again, which tells what became of it. */
  #askAgain() {
    this.messages.forEach((message) => message.waits && this.#keep({ ...message, refusal: null }));
  }

  /** The room shows this message: it is stored. @param {string} id */
  confirm(id) {
    if (this.#pending.has(id) && !this.isWithdrawn(id)) {
      this.forget(id);
    }
  }

  /**
   * @param {{id: ?string, code: string, detail: string, retry_after?: number}} error
   * @returns {boolean} whether it answers one of these messages
   */
  handleError(error) {
    const id = error.id ?? this.#inFlightId; // the server could not read the frame, so not its id either
    const message = this.#pending.get(id);
    const wait = retryDelay(error);
    const waits = error.code === "held";
    if (message && wait) {
      this.#retryLater(id, wait, error.retry_after);
    } else if (message?.withdrawn && !waits) {
      this.forget(id);
    } else if (message?.files?.length && !message.isRepeated && UPLOAD_AGAIN.includes(error.code)) {
      const files = message.files.map((file) => ({ ...file, id: newUuid(), isUploaded: false }));
      this.#save({ ...message, files, isRepeated: true });
      this.#onAnswer(id);
    } else if (message) {
      this.#save({ ...message, refusal: error.detail, isFinal: !PASSING.includes(error.code), waits });
      this.#onAnswer(id);
    }
    return Boolean(message);
  }

  /** @param {string} id */
  retry(id) {
    this.#save({ ...this.#pending.get(id), refusal: null });
    this.#sendNext();
  }

  /**
   * Takes a message back.
   * @param {string} id
   * @returns {Promise<boolean>} whether it is unsent for sure; otherwise it is deleted if the room shows it
   */
  async cancel(id) {
    const message = this.#pending.get(id);
    this.#upload("discard", message);
    if (message.refusal && !message.waits) {
      this.forget(id);
      this.#onChange();
      return true;
    }
    return this.#withdraw(message);
  }

  async #withdraw(message) {
    this.#pending.set(message.id, { ...message, files: [], withdrawn: true }); // another message may have the files
    this.#onChange();
    const isUnsent = await this.#store.withdraw(message);
    this.#onAnswer(message.id);
    return isUnsent;
  }

  /**
   * Takes a message back to edit it. What replaces it is not sent before `rewrite`, also after a reload.
   * @param {string} id
   * @returns {{message: PendingMessage, isUnsent: Promise<boolean>}} what replaces it, and what `cancel` returns
   */
  hold(id) {
    const old = this.#pending.get(id);
    const message = { ...old, id: newUuid(), attempted: false, waits: false, refusal: gettext("You began to edit it.") };
    this.#held.set(message.id, message);
    this.#pending.set(message.id, message);
    this.#sortPending();
    this.#save(message);
    return { message, isUnsent: this.#withdraw(old) };
  }

  /**
   * Sends what `hold` returned, with another text. Where another tab has discarded it, it is a new message; where
   * another tab is sending it, the new message replaces it.
   * @param {string} id
   * @param {string} text
   * @param {import("./outbox_store.js").PendingFile[]} [files]  other ones
   */
  rewrite(id, text, files = this.#held.get(id).files) {
    const message = this.#pending.get(id);
    if (message && !message.attempted) {
      this.#save({ ...message, text, files, refusal: null });
      this.#sendNext();
    } else {
      message && this.#withdraw(message);
      this.add(text, { ...this.#held.get(id), files });
    }
    this.#held.delete(id);
  }

  /** Sends what `hold` returned as it was, unless another tab has sent or discarded it. @param {string} id */
  release(id) {
    this.#held.delete(id);
    this.#pending.get(id)?.refusal && this.retry(id);
  }

  /** Whether this tab edits a message. @param {string} id */
  isHeld(id) {
    return this.#held.has(id);
  }

  /** Whether a message was taken back when it may have been stored. @param {string} id */
  isWithdrawn(id) {
    return Boolean(this.#pending.get(id)?.withdrawn);
  }

  /** The room shows a withdrawn message, which is to be deleted. @param {string} id  @param {number} seq */
  markStored(id, seq) {
    const message = this.#pending.get(id);
    message.seq || this.#save({ ...message, seq });
  }

  /** Withdrawn messages that the room shows. @returns {{id: string, seq: number}[]} */
  get toDelete() {
    return [...this.#pending.values()].filter(({ withdrawn, seq }) => withdrawn && seq);
  }

  /** A withdrawn message was deleted, or refused. @param {string} id */
  forget(id) {
    this.#upload("forget", this.#pending.get(id));
    this.#pending.delete(id);
    this.#store.remove(id);
    this.#onAnswer(id);
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

  get #next() {
    return this.messages.find(({ refusal }) => !refusal);
  }

  async #sendNext() {
    const next = this.#next;
    if (!next || this.#inFlightId || !this.#connection.isOpen()) {
      return;
    }
    if (waitsForFiles(next)) {
      this.#upload("start", next);
      return;
    }
    this.#inFlightId = next.id;
    this.#attempts += 1;
    const attempt = this.#attempts;
    const mayGo = next.attempted || (await this.#store.claim(next));
    this.#keep({ ...next, [mayGo ? "attempted" : "withdrawn"]: true });
    if (attempt !== this.#attempts || this.#inFlightId !== next.id) {
      return; // there is a new connection
    }
    mayGo && !this.isWithdrawn(next.id) ? this.#sendNow(next) : this.#onAnswer(next.id);
  }

  /** Keeps the new state of a message, unless it is confirmed or withdrawn meanwhile. */
  #keep(message) {
    if (this.#pending.has(message.id) && !this.isWithdrawn(message.id)) {
      this.#pending.set(message.id, message);
    }
  }

  #sendNow(message) {
    if (!this.#connection.send(message)) {
      this.#inFlightId = null;
      return;
    }
    this.#sentAt = Date.now();
    setTimeout(() => this.isSlow && this.#onChange(), SLOW_MS);
  }

  #onAnswer(id) {
    this.#retryAt = null;
    if (this.#inFlightId === id) {
      this.#inFlightId = null;
    }
    this.#sendNext();
  }

  #sortPending() {
    const sorted = [...this.#pending.entries()].sort(([, one], [, other]) => one.writtenAt - other.writtenAt);
    this.#pending = new Map(sorted);
  }

  #applyFromOtherTab({ put, remove }) {
    if (put?.withdrawn) {
      this.#pending.set(put.id, put);
      this.#onAnswer(put.id);
    } else if (put && !this.isWithdrawn(put.id) && !this.#isConfirmed(put.id)) {
      this.#pending.set(put.id, put); // confirmed: the other tab is late
      this.#sortPending();
      waitsForFiles(put) && this.#sendNext(); // that tab may be closed before it has uploaded them
    } else if (remove && !this.isWithdrawn(remove)) {
      this.#pending.delete(remove);
      this.#onAnswer(remove);
    }
    this.#onChange();
  }
}

const waitsForFiles = ({ files = [] }) => files.some(({ isUploaded }) => !isUploaded);
