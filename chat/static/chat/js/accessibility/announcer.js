import { gettext, ngettext } from "../lib/i18n.js";
import { isPost, means } from "../net/protocol.js";
import { spoken } from "./spoken.js";

const ONE_BY_ONE = 3; // messages at once; of more, only how many there are

/** @typedef {import("../net/protocol.js").Message} Message */

/** What is said aloud of a room to whoever listens to it: what others post, as it comes, and nothing else. */
export class Announcer {
  #me;
  #nameOf;
  #news = new Map(); // by seq

  /**
   * @param {{id: string}} me
   * @param {(author: {id: string, name: string}) => string} nameOf
   */
  constructor(me, nameOf) {
    this.#me = me;
    this.#nameOf = nameOf;
  }

  /** Takes what came; of what is still to be said, a later state too. @param {Message[]} messages */
  take(messages) {
    for (const message of messages) {
      if (this.#news.has(message.seq) || (isPost(message) && message.author.id !== this.#me.id)) {
        this.#news.set(message.seq, message);
      }
    }
  }

  get hasNews() {
    return this.#news.size > 0;
  }

  /** What to say of all that came since this was last asked. @returns {{text: string, seq?: number}[]} */
  next() {
    const messages = [...this.#news.values()].filter(({ deleted }) => !deleted);
    this.#news.clear();
    return messages.length > ONE_BY_ONE ? [{ text: this.#count(messages) }] : messages.map((it) => this.#say(it));
  }

  #count(messages) {
    const mentions = messages.filter((message) => means(message, this.#me)).length;
    const all = ngettext("%(count)s new message", "%(count)s new messages", messages.length);
    return mentions ? `${all}. ${ngettext("%(count)s mentions you", "%(count)s mention you", mentions)}` : all;
  }

  #say(message) {
    const values = { name: this.#nameOf(message.author), text: spoken(message) };
    return { seq: message.seq, text: sentence(message, means(message, this.#me), values) };
  }
}

function sentence({ kind, text }, isForMe, values) {
  if (kind === "topic") {
    return text ? gettext("%(name)s set the topic: %(text)s", values) : gettext("%(name)s cleared the topic", values);
  }
  if (isForMe) {
    return gettext("%(name)s mentions you: %(text)s", values);
  }
  return kind === "action" ? gettext("%(name)s %(text)s", values) : gettext("%(name)s: %(text)s", values);
}
