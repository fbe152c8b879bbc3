import { gettext } from "../lib/i18n.js";
import { newMessageNode, showLine, showNote } from "./message_view.js";
import { secondTime } from "../lib/time.js";

const PLAIN = { html: null, edited: false, deleted: false, reactions: [], meansMe: false, isFirstNew: false };

/** Shows what I wrote that is not confirmed, below the messages. */
export class LettersView {
  #outbox;
  #timeline;
  #me;
  #quote;
  #list = document.querySelector("[data-messages]");
  #nodes = new Map(); // by id
  #isConnected = true;

  /**
   * @param {import("../net/outbox.js").Outbox} outbox
   * @param {import("../timeline/timeline.js").Timeline} timeline
   * @param {{id: string, name: string}} me
   * @param {(seq: number) => object} quote  what a quote of the message at `seq` shows
   */
  constructor(outbox, timeline, me, quote) {
    this.#quote = quote;
    this.#outbox = outbox;
    this.#timeline = timeline;
    this.#me = me;
  }

  get isEmpty() {
    return this.#outbox.letters.length === 0;
  }

  /** Whether what I write goes out, or waits. It shows with the next `show`. */
  setConnected(isConnected) {
    this.#isConnected = isConnected;
  }

  /** @param {?import("./types.js").Line} previous  the last message above */
  show(previous) {
    const letters = this.#outbox.letters;
    this.#keep(new Set(letters.map(({ id }) => id)));
    for (const letter of letters) {
      const line = this.#line(letter);
      showLine(this.#node(letter.id), line, previous, this.#me);
      this.#showNote(letter);
      previous = line;
    }
  }

  hide() {
    this.#keep(new Set());
  }

  /** Gives the node of a letter away, to be that of the message it became. @returns {?HTMLElement} */
  release(id) {
    const node = this.#nodes.get(id) ?? null;
    this.#nodes.delete(id);
    return node;
  }

  #keep(ids) {
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
      showNote(node, gettext("Not sent. %(why)s", { why: refusal }), {
        [gettext("Try again")]: () => this.#outbox.retry(id),
        [gettext("Discard")]: () => this.#outbox.discard(id),
      });
    } else {
      showNote(node, this.#waitsFor());
    }
  }

  #waitsFor() {
    if (!this.#isConnected) {
      return gettext("Waiting for the connection");
    }
    const { due } = this.#outbox;
    return due && gettext("Not so fast: this goes out at %(time)s", { time: secondTime(due) });
  }

  #line({ text, kind, replyTo, writtenAt, refusal }) {
    const author = { id: this.#me.id, name: this.#timeline.nameOf(this.#me) };
    const quote = replyTo ? this.#quote(replyTo) : null;
    return { ...PLAIN, author, text, kind, quote, at: writtenAt, refusal, pending: !refusal };
  }
}
