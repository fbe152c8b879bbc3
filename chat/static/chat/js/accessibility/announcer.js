import { gettext, ngettext } from "../lib/i18n.js";
import { mentionsPerson, repliesTo } from "../net/protocol.js";
import { isMe } from "../people/is_me.js";
import { spokenText } from "./spoken_text.js";

const MAX_SINGLE = 3; // messages announced one by one; of more, only the count

/** @typedef {import("../net/protocol.js").Message} Message */

/** Composes what a screen reader announces: messages that others post. */
export class Announcer {
  #me;
  #labelOf;
  #queue = new Map(); // messages by seq

  /**
   * @param {{id: string}} me
   * @param {(author: {id: string, name: string}) => string} labelOf
   */
  constructor(me, labelOf) {
    this.#me = me;
    this.#labelOf = labelOf;
  }

  /** Queues posts of others, and later states of queued messages. @param {Message[]} messages */
  add(messages) {
    for (const message of messages) {
      if (this.#queue.has(message.seq) || (message.seq === message.version && !isMe(message.author, this.#me))) {
        this.#queue.set(message.seq, message);
      }
    }
  }

  get isEmpty() {
    return this.#queue.size === 0;
  }

  /** Empties the queue. @returns {{text: string, seq?: number}[]} the announcements */
  flush() {
    const messages = [...this.#queue.values()].filter(({ deleted }) => !deleted);
    this.#queue.clear();
    return messages.length > MAX_SINGLE ? [{ text: this.#count(messages) }] : messages.map((it) => this.#announce(it));
  }

  #count(messages) {
    const mentions = messages.filter((message) => mentionsPerson(message, this.#me)).length;
    const all = ngettext("%(count)s new message", "%(count)s new messages", messages.length);
    return mentions ? `${all}. ${ngettext("%(count)s mentions you", "%(count)s mention you", mentions)}` : all;
  }

  #announce(message) {
    const values = { name: this.#labelOf(message.author), text: spokenText(message) };
    return { seq: message.seq, text: this.#sentence(message, values) };
  }

  #sentence(message, values) {
    const { kind, text } = message;
    if (kind === "topic") {
      return text ? gettext("%(name)s set the topic: %(text)s", values) : gettext("%(name)s removed the topic", values);
    }
    if (repliesTo(message, this.#me)) {
      return gettext("%(name)s replies to you: %(text)s", values);
    }
    if (mentionsPerson(message, this.#me)) {
      return gettext("%(name)s mentions you: %(text)s", values);
    }
    return ["action", "event"].includes(kind) ? gettext("%(name)s %(text)s", values) : gettext("%(name)s: %(text)s", values);
  }
}
