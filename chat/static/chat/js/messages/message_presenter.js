import { mentionsPerson, repliesTo } from "../net/protocol.js";
import { isMe } from "../people/is_me.js";
import { deletedText, quoteOf } from "./quote_view.js";

/**
 * @typedef {object} DisplayedMessage  what the timeline shows of a message, or of a pending one
 * @property {{id: string, name: string, mark: string}} author
 * @property {string} text
 * @property {?string} html
 * @property {"text"|"action"|"topic"|"event"} kind
 * @property {Date} sentAt
 * @property {import("../net/protocol.js").SentFile[]} [files]  of a pending one, each with its `progress`
 * @property {boolean} edited
 * @property {boolean} deleted
 * @property {{emoji: string, count: number, people: {id: string, name: string}[], isMine: boolean}[]} reactions
 * @property {?{seq: number, author: string, text: string}} quote  of the message it replies to
 * @property {boolean} mentionsMe  by name, by @room, or by a reply
 * @property {boolean} repliesToMe  and does not mention me by name
 * @property {boolean} isFirstUnread
 * @property {?string} refusal
 * @property {boolean} pending
 */

/** Prepares messages for display. */
export class MessagePresenter {
  #timeline;
  #quotedMessages;
  #unreadMarker;
  #ownReactions;
  #me;

  /**
   * @param {import("../timeline/timeline.js").Timeline} timeline
   * @param {import("./quoted_messages.js").QuotedMessages} quotedMessages
   * @param {import("../timeline/unread_marker.js").UnreadMarker} unreadMarker
   * @param {import("./own_reactions.js").OwnReactions} ownReactions
   * @param {{id: string}} me
   */
  constructor(timeline, quotedMessages, unreadMarker, ownReactions, me) {
    this.#timeline = timeline;
    this.#quotedMessages = quotedMessages;
    this.#unreadMarker = unreadMarker;
    this.#ownReactions = ownReactions;
    this.#me = me;
  }

  /** @param {?number} seq  @returns {?DisplayedMessage} */
  present(seq) {
    const message = this.#timeline.get(seq);
    if (!message) {
      return null;
    }
    const { author, text, html, files, kind = "text", deleted, reactions, reply_to: replyTo } = message;
    return {
      author: this.#timeline.looksOf(author),
      text: deleted ? deletedText(message) : text,
      html: html ?? null,
      files,
      kind,
      sentAt: new Date(message.sent_at),
      edited: Boolean(message.edited_at),
      deleted,
      reactions: reactions.map((it) => this.#reaction(message, it)),
      quote: replyTo && !deleted ? this.quote(replyTo) : null,
      repliesToMe: repliesTo(message, this.#me),
      mentionsMe: !isMe(author, this.#me) && mentionsPerson(message, this.#me),
      isFirstUnread: seq === this.#unreadMarker.firstUnread,
      refusal: null,
      pending: false,
    };
  }

  #reaction(message, { emoji, count, people }) {
    return { emoji, count, people: people.map(this.#timeline.looksOf), isMine: this.#ownReactions.has(message, emoji) };
  }

  /** The quote of a message. @param {number} seq */
  quote(seq) {
    const message = this.#timeline.get(seq) ?? this.#quotedMessages.get(seq);
    return quoteOf(seq, message, (author) => this.#timeline.labelOf(author));
  }
}
