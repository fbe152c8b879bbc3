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
  #actions = {};
  #isConnected = true;
  filesOf = () => []; // of a message, to show; until their script is loaded

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

  /** @param {{edit: (id: string) => void, cancel: (id: string) => void}} actions  of messages that wait */
  enableActions(actions) {
    this.#actions = actions;
  }

  /** @param {?import("./message_presenter.js").DisplayedMessage} previous  the last message above */
  show(previous) {
    const { messages } = this.#outbox;
    this.#removeExcept(new Set(messages.map(({ id }) => id)));
    this.#order(messages.map(({ id }) => this.#node(id)));
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
    }
    return node;
  }

  /** Puts the nodes at the end of the list, and leaves those alone that are in their places. */
  #order(nodes) {
    nodes.reduceRight((next, node) => {
      const isInPlace = node.isConnected && node.nextSibling === next;
      isInPlace || this.#list.insertBefore(node, next);
      return node;
    }, null);
  }

  #showNote(message) {
    const { id, refusal, attempted, isFinal, waits } = message;
    if (this.#outbox.isHeld(id)) {
      showMessageNote(this.#nodes.get(id), gettext("You are editing this message"));
      return;
    }
    const reason = refusal && !waits ? gettext("Not sent. %(why)s", { why: refusal }) : refusal ?? this.#waitReason(message);
    if (message.kind === "topic" && attempted && !refusal) {
      showMessageNote(this.#nodes.get(id), reason); // a topic that was set stays set
      return;
    }
    const retry = { [gettext("Try again")]: () => this.#outbox.retry(id) };
    const edit = { [gettext("Edit")]: () => this.#actions.edit(id) };
    const end = refusal ? gettext("Discard") : attempted ? gettext("Delete") : gettext("Don’t send");
    const cancel = { [end]: () => this.#actions.cancel(id) };
    showMessageNote(this.#nodes.get(id), reason, { ...(refusal && !isFinal && retry), ...edit, ...cancel });
  }

  /** Why a message waits; null if it is just being sent. */
  #waitReason({ attempted, files = [] }) {
    const { retryAt, isSlow } = this.#outbox;
    if (!this.#isConnected) {
      return attempted ? gettext("Waiting for a connection. It may have been sent.") : gettext("Waiting for a connection");
    }
    if (retryAt) {
      return gettext("Not sent yet: this message is sent at %(time)s", { time: timeWithSeconds(retryAt) });
    }
    if (files.some(({ isUploaded }) => !isUploaded)) {
      return gettext("Uploading");
    }
    return isSlow ? gettext("The server has not confirmed this message yet") : null;
  }

  #present(message) {
    const { id, text, kind, replyTo, writtenAt, refusal: why, waits } = message;
    const refusal = waits || this.#outbox.isHeld(id) ? null : why;
    const author = this.#timeline.looksOf(this.#me);
    const quote = replyTo ? this.#quote(replyTo) : null;
    return { ...DEFAULTS, author, text, files: this.filesOf(message), kind, quote, sentAt: writtenAt, refusal, pending: !refusal };
  }
}
