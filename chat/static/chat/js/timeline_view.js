import { newMessageNode, showLine, showNote } from "./message_view.js";

const NEAR_END_PX = 64;

/** Shows a timeline and the outbox under it, and keeps the reader's place. */
export class TimelineView {
  #timeline;
  #outbox;
  #me;
  #log;
  #list;
  #empty;
  #jump;
  #nodes = new Map(); // by seq
  #letterNodes = new Map(); // by id: what is on its way
  #isAtEnd = true;
  #missed = 0;
  #isConnected = true;

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("./outbox.js").Outbox} outbox
   * @param {{id: string, name: string}} me
   */
  constructor(timeline, outbox, me) {
    this.#timeline = timeline;
    this.#outbox = outbox;
    this.#me = me;
    this.#log = document.querySelector("#chat-log");
    this.#list = document.querySelector("[data-messages]");
    this.#empty = document.querySelector("[data-empty]");
    this.#jump = document.querySelector("[data-jump]");
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#jump.addEventListener("click", () => this.goToEnd());
    const resized = new ResizeObserver(() => this.#isAtEnd && this.goToEnd());
    resized.observe(this.#log);
    resized.observe(this.#list);
  }

  /** Shows news: messages the timeline has taken. */
  show(messages) {
    for (const message of messages) {
      this.#showMessage(message);
    }
    this.#showNeighbours(messages);
    this.#showLetters();
    this.#after(messages.filter(({ seq, version }) => seq === version).length);
  }

  /** Shows older messages above, without the view moving. */
  showOlder(messages) {
    const anchor = this.#list.firstElementChild;
    const before = anchor?.getBoundingClientRect().bottom; // its top may lose a name or a day
    for (const message of messages) {
      this.#showMessage(message);
    }
    this.#showNeighbours(messages);
    if (anchor) {
      this.#log.scrollTop += anchor.getBoundingClientRect().bottom - before;
    }
  }

  /** Starts over with what the timeline has now. */
  restart() {
    this.#nodes.forEach((node) => node.remove());
    this.#nodes.clear();
    this.show(this.#timeline.seqs.map((seq) => this.#timeline.get(seq)));
    this.goToEnd();
  }

  /** Shows what I wrote that is not confirmed. */
  showOutbox() {
    this.#showLetters();
    this.#after(0);
  }

  #showLetters() {
    const letters = this.#outbox.letters;
    const waiting = new Set(letters.map(({ id }) => id));
    for (const [id, node] of this.#letterNodes) {
      if (!waiting.has(id)) {
        node.remove();
        this.#letterNodes.delete(id);
      }
    }
    letters.forEach((letter) => this.#showLetter(letter));
  }

  /** Whether what I write goes out, or waits. */
  setConnected(isConnected) {
    this.#isConnected = isConnected;
    this.showOutbox();
  }

  goToEnd() {
    this.#isAtEnd = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#scrolled();
  }

  #showMessage(message) {
    let node = this.#nodes.get(message.seq);
    if (!node) {
      node = this.#letterNodes.get(message.id) ?? newMessageNode(); // mine, confirmed: it stands there
      this.#letterNodes.delete(message.id);
      node.dataset.seq = message.seq;
      this.#nodes.set(message.seq, node);
      this.#list.insertBefore(node, this.#nodeAfter(message.seq));
      showNote(node, null);
    }
    showLine(node, this.#line(message.seq), this.#line(this.#timeline.before(message.seq)));
  }

  /** Where a message goes: before the next one that is shown, or before what is on its way. */
  #nodeAfter(seq) {
    for (let next = this.#timeline.after(seq); next !== null; next = this.#timeline.after(next)) {
      const node = this.#nodes.get(next);
      if (node) {
        return node;
      }
    }
    return this.#list.querySelector(":scope > :not([data-seq])");
  }

  /** What follows a message may now stand under another name or day; and names may have changed. */
  #showNeighbours(messages) {
    for (const { seq } of messages) {
      this.#reshow(this.#timeline.after(seq));
    }
    const renamed = this.#timeline.takeRenamed();
    if (renamed.size) {
      const theirs = (seq) => renamed.has(this.#timeline.get(seq).author.id);
      this.#timeline.seqs.filter(theirs).forEach((seq) => this.#reshow(seq));
    }
  }

  #reshow(seq) {
    const node = this.#nodes.get(seq);
    if (node) {
      showLine(node, this.#line(seq), this.#line(this.#timeline.before(seq)));
    }
  }

  #showLetter(letter) {
    let node = this.#letterNodes.get(letter.id);
    if (!node) {
      node = newMessageNode();
      this.#letterNodes.set(letter.id, node);
      this.#list.append(node);
    }
    showLine(node, this.#letterLine(letter), this.#lineBeforeLetter(letter));
    this.#showLetterNote(node, letter);
  }

  #showLetterNote(node, { id, refusal }) {
    if (refusal) {
      showNote(node, `Not sent. ${refusal}`, {
        "Try again": () => this.#outbox.retry(id),
        Discard: () => this.#outbox.discard(id),
      });
    } else {
      showNote(node, this.#isConnected ? null : "Waiting for the connection");
    }
  }

  #lineBeforeLetter(letter) {
    const letters = this.#outbox.letters;
    const place = letters.findIndex(({ id }) => id === letter.id);
    return place > 0 ? this.#letterLine(letters[place - 1]) : this.#line(this.#timeline.seqs.at(-1));
  }

  #letterLine({ text, writtenAt, refusal }) {
    const author = { id: this.#me.id, name: this.#timeline.nameOf(this.#me) };
    return { author, text, at: writtenAt, deleted: false, refusal, pending: !refusal };
  }

  #line(seq) {
    const message = this.#timeline.get(seq);
    if (!message) {
      return null;
    }
    const author = { id: message.author.id, name: this.#timeline.nameOf(message.author) };
    const at = new Date(message.sent_at);
    return { author, text: message.text, at, deleted: message.deleted, refusal: null, pending: false };
  }

  #after(news) {
    this.#empty.hidden = !this.#timeline.isEmpty || this.#outbox.letters.length > 0;
    if (this.#isAtEnd) {
      this.goToEnd();
    } else {
      this.#missed += news;
      this.#showJump();
    }
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#isAtEnd) {
      this.#missed = 0;
    }
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#isAtEnd;
    const label = this.#missed ? `${this.#missed} new` : "Latest";
    this.#jump.querySelector("[data-jump-label]").textContent = label;
  }
}
