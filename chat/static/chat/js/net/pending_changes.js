import { gettext } from "../lib/i18n.js";
import { newUuid } from "../lib/uuid.js";
import { isMe } from "../people/is_me.js";
import { frames } from "./protocol.js";
import { retryDelay } from "./retry_delay.js";

/** @typedef {import("./protocol.js").Message} Message */

/** My edits, deletions and reactions until the room confirms them. A new connection sends them again. */
export class PendingChanges {
  #me;
  #send;
  #onError;
  #inFlight = new Map(); // by frame id

  /**
   * @param {{id: string}} me
   * @param {(frame: object) => boolean} send  false without a connection
   * @param {(detail: string) => void} onError  shows why a change failed
   */
  constructor(me, send, onError) {
    this.#me = me;
    this.#send = send;
    this.#onError = onError;
  }

  /**
   * @param {number} seq
   * @param {string} text
   * @param {(detail: string) => void} onError
   * @param {{files?: string[], alts?: Object<string, string>, card?: false}} [others]  the ids of files that stay
   */
  edit(seq, text, onError, others) {
    const isDone = ({ files = [], card, ...message }) => message.text === text && (others?.files ?? files).length === files.length && others?.card !== !card;
    this.#request(seq, (id) => frames.edit(id, seq, text, others), isDone, onError);
  }

  /**
   * Deletes a message. While the server is busy, the request is repeated.
   * @param {number} seq
   * @param {() => void} [onRefused]
   */
  delete(seq, onRefused) {
    const isRequested = [...this.#inFlight.values()].some((it) => it.frame.type === "message.delete" && it.seq === seq);
    const onError = (detail) => {
      this.#onError(detail);
      onRefused?.();
    };
    isRequested || this.#request(seq, (id) => frames.delete(id, seq), (message) => message.deleted, onError);
  }

  /** @param {number} seq  @param {string} emoji  @param {boolean} on */
  react(seq, emoji, on) {
    const isDone = (message) => shows(message, emoji, this.#me, on);
    this.#request(seq, (id) => frames.react(id, seq, emoji, on), isDone);
  }

  /** The server confirms a reaction that the message may not show. @param {{id?: string}} reacted */
  confirmReaction({ id }) {
    this.#inFlight.delete(id);
  }

  /**
   * @param {{id: ?string, code: string, detail: string}} error
   * @returns {boolean} whether it answers one of these changes
   */
  handleError(error) {
    const change = this.#inFlight.get(error.id);
    const wait = change?.frame.type === "message.delete" && retryDelay(error);
    if (wait) {
      setTimeout(() => this.#inFlight.has(error.id) && this.#send(change.frame), wait);
      return true;
    }
    this.#inFlight.delete(error.id);
    change?.onError(error.detail);
    return Boolean(change);
  }

  /** Drops the changes that these messages show. @param {Message[]} messages */
  confirm(messages) {
    const bySeq = new Map(messages.map((message) => [message.seq, message]));
    for (const [id, { seq, isDone }] of this.#inFlight) {
      if (bySeq.has(seq) && isDone(bySeq.get(seq))) {
        this.#inFlight.delete(id);
      }
    }
  }

  /** After a reconnect: the last connection may have lost them. */
  resend() {
    this.#inFlight.forEach(({ frame }) => this.#send(frame));
  }

  #request(seq, frameOf, isDone, onError = this.#onError) {
    const id = newUuid();
    const frame = frameOf(id);
    if (this.#send(frame)) {
      this.#inFlight.set(id, { seq, frame, isDone, onError });
    } else {
      onError(gettext("No connection. Try again in a moment."));
    }
  }
}

/** Whether a message shows for sure that a person has reacted, or has not: it may name some people only. */
function shows({ reactions }, emoji, person, on) {
  const { people = [], count = 0 } = reactions.find((reaction) => reaction.emoji === emoji) ?? {};
  const isNamed = people.some((it) => isMe(it, person));
  return isNamed === on && (isNamed || people.length === count);
}
