import { newMessageNode, showLine, showNote } from "./message_view.js";

/** Shows what I wrote that is not confirmed, below the messages. */
export class LettersView {
  #outbox;
  #timeline;
  #me;
  #list = document.querySelector("[data-messages]");
  #nodes = new Map(); // by id
  #isConnected = true;

  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {import("./timeline.js").Timeline} timeline
   * @param {{id: string, name: string}} me
   */
  constructor(outbox, timeline, me) {
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

  /** @param {?import("./message_view.js").Line} previous  the last message above */
  show(previous) {
    const letters = this.#outbox.letters;
    this.#keep(new Set(letters.map(({ id }) => id)));
    for (const letter of letters) {
      const line = this.#line(letter);
      showLine(this.#node(letter.id), line, previous);
      this.#showNote(letter);
      previous = line;
    }
  }

  hide() {
    this.#keep(new Set());
  }

  /** Gives the node of a letter away, to be that of the message it became. @returns {?HTMLLIElement} */
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
      showNote(node, `Not sent. ${refusal}`, {
        "Try again": () => this.#outbox.retry(id),
        Discard: () => this.#outbox.discard(id),
      });
    } else {
      showNote(node, this.#isConnected ? null : "Waiting for the connection");
    }
  }

  #line({ text, writtenAt, refusal }) {
    const author = { id: this.#me.id, name: this.#timeline.nameOf(this.#me) };
    return { author, text, at: writtenAt, deleted: false, refusal, pending: !refusal };
  }
}
