import { gettext } from "../lib/i18n.js";
import { newId } from "../lib/ids.js";
import { frames } from "./protocol.js";

/** @typedef {import("./protocol.js").Message} Message */

/** What I do to messages that stand. It is sent at once, and again if the connection is lost meanwhile. */
export class Changes {
  #me;
  #send;
  #refused;
  #underway = new Map(); // by frame id

  /**
   * @param {{id: string}} me
   * @param {(frame: object) => boolean} send  whether there is a connection it was sent over
   * @param {(detail: string) => void} refused  shows why something was not done
   */
  constructor(me, send, refused) {
    this.#me = me;
    this.#send = send;
    this.#refused = refused;
  }

  /** @param {number} seq  @param {string} text  @param {(detail: string) => void} failed */
  edit(seq, text, failed) {
    this.#do(seq, (id) => frames.edit(id, seq, text), (message) => message.text === text, failed);
  }

  /** @param {number} seq */
  delete(seq) {
    this.#do(seq, (id) => frames.delete(id, seq), (message) => message.deleted);
  }

  /** @param {number} seq  @param {string} emoji  @param {boolean} on */
  react(seq, emoji, on) {
    const isDone = (message) => hasReacted(message, emoji, this.#me) === on;
    this.#do(seq, (id) => frames.react(id, seq, emoji, on), isDone);
  }

  /** @param {{id: ?string, detail: string}} error  @returns {boolean} whether it was about one of these */
  refuse({ id, detail }) {
    const change = this.#underway.get(id);
    this.#underway.delete(id);
    change?.failed(detail);
    return Boolean(change);
  }

  /** What the room shows is done. @param {Message[]} messages */
  settle(messages) {
    const news = new Map(messages.map((message) => [message.seq, message]));
    for (const [id, { seq, isDone }] of this.#underway) {
      if (news.has(seq) && isDone(news.get(seq))) {
        this.#underway.delete(id);
      }
    }
  }

  /** There is a new connection: what was under way on the last may be lost. */
  resend() {
    this.#underway.forEach(({ frame }) => this.#send(frame));
  }

  #do(seq, frameOf, isDone, failed = this.#refused) {
    const id = newId();
    const frame = frameOf(id);
    if (this.#send(frame)) {
      this.#underway.set(id, { seq, frame, isDone, failed });
    } else {
      failed(gettext("There is no connection just now. Try again in a moment."));
    }
  }
}

/** @param {Message} message  @param {string} emoji  @param {{id: string}} person */
export function hasReacted({ reactions }, emoji, person) {
  const people = reactions.find((reaction) => reaction.emoji === emoji)?.people ?? [];
  return people.some(({ id }) => id === person.id);
}
