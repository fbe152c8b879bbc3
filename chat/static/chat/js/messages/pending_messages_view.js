import { gettext } from "../lib/i18n.js";
import { timeWithSeconds } from "../lib/time.js";
import { newMessageNode, showMessage, showMessageNote } from "./message_view.js";

const DEFAULTS = { html: null, edited: false, deleted: false, reactions: [], mentionsMe: false, repliesToMe: false, isFirstUnread: false };

/** Shows the outbox's messages below the timeline. */
export class PendingMessagesView {
  #outbox;
  #timeline;
  #me;
  #quote;
  #list = document.querySelector("[data-messages]");
  #nodes = new Map(); // by message id
  #isConnected = true;

  /**
   * @param {import("../net/outbox.js").Outbox} outbox
   * @param {import("../timeline/timeline.js").Timeline} timeline
   * @param {{id: string, name: string}} me
   * @param {(seq: number) => object} quote  makes the quote of a message
   */
  constructor(outbox, timeline, me, quote) {
    this.#quote = quote;
    this.#outbox = outbox;
    this.#timeline = timeline;
    this.#me = me;
  }

  get isEmpty() {
    return this.#outbox.messages.length === 0;
  }

  /** Without a connection, the next `show` marks messages as waiting for one. @param {boolean} isConnected */
  setConnected(isConnected) {
    this.#isConnected = isConnected;
  }

  /** @param {?import("./message_presenter.js").DisplayedMessage} previous  the last message above */
  show(previous) {
    const { messages } = this.#outbox;
    this.#removeExcept(new Set(messages.map(({ id }) => id)));
    for (const message of messages) {
      const displayed = this.#present(message);
      showMessage(this.#node(message.id), displayed, previous, this.#me);
      this.#showNote(message);
      previous = displayed;
    }
  }

  hide() {
    this.#removeExcept(new Set());
  }

  /** Hands the element of a pending message over to the message it became. @returns {?HTMLElement} */
  takeNode(id) {
    const node = this.#nodes.get(id) ?? null;
    this.#nodes.delete(id);
    return node;
  }

  #removeExcept(ids) {
    for (const [id, node] of this.#nodes) {
      if (!ids.has(id)) {
        node.remove();
        this.#nodes.delete(id);
      }
    }
  }

  #node(id) {
    let node = this.#nodes.get(id);
    if (!node) {
      node = newMessageNode();
      this.#nodes.set(id, node);
      this.#list.append(node);
    }
    return node;
  }

  #showNote({ id, refusal }) {
    const node = this.#nodes.get(id);
    if (refusal) {
      showMessageNote(node, gettext("Not sent. %(why)s", { why: refusal }), {
        [gettext("Try again")]: () => this.#outbox.retry(id),
        [gettext("Discard")]: () => this.#outbox.discard(id),
      });
    } else {
      showMessageNote(node, this.#waitReason());
    }
  }

  #waitReason() {
    if (!this.#isConnected) {
      return gettext("Waiting for a connection");
    }
    const { retryAt } = this.#outbox;
    return retryAt && gettext("Too many messages: this one is sent at %(time)s", { time: timeWithSeconds(retryAt) });
  }

  #present({ text, kind, replyTo, writtenAt, refusal }) {
    const author = { id: this.#me.id, name: this.#timeline.nameOf(this.#me) };
    const quote = replyTo ? this.#quote(replyTo) : null;
    return { ...DEFAULTS, author, text, kind, quote, sentAt: writtenAt, refusal, pending: !refusal };
  }
}
