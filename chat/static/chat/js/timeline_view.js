import { gettext, ngettext } from "./i18n.js";
import { newMessageNode, showLine, showNote } from "./message_view.js";
import { isPost } from "./protocol.js";

const NEAR_END_PX = 64;
const NODES = 200; // in the page at most; what lies further from the reader is kept as data
const CHUNK = 50;
const MARK_MS = 2_000; // that a message is pointed out

/**
 * Shows a timeline and my letters under it, and keeps the reader's place.
 *
 * In the page is an unbroken part of the timeline, around where the reader is.
 */
export class TimelineView {
  #timeline;
  #lines;
  #letters;
  #me;
  #actions;
  #log;
  #list;
  #empty;
  #jump;
  #nodes = new Map(); // by seq
  #isAtEnd = true;
  #missed = 0;

  /**
   * @param {{timeline: import("./timeline.js").Timeline, lines: import("./lines.js").Lines,
   *   letters: import("./letters_view.js").LettersView, me: {id: string}}} shown
   * @param {{seen: (seq: number) => void, backToNow: () => void}} actions
   *   `seen` is told which message is the last in view
   */
  constructor({ timeline, lines, letters, me }, actions) {
    this.#timeline = timeline;
    this.#lines = lines;
    this.#letters = letters;
    this.#me = me;
    this.#actions = actions;
    this.#log = document.querySelector("#chat-log");
    this.#list = document.querySelector("[data-messages]");
    this.#empty = document.querySelector("[data-empty]");
    this.#jump = document.querySelector("[data-jump]");
    this.#log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#jump.addEventListener("click", () => this.goToEnd());
    const resized = new ResizeObserver(() => this.#isAtEnd && this.goToEnd());
    resized.observe(this.#log);
    resized.observe(this.#list);
    document.addEventListener("visibilitychange", () => this.#tellSeen());
  }

  /** Shows news: messages the timeline has taken. */
  show(messages) {
    for (const { seq } of messages.toSorted((one, other) => one.seq - other.seq)) {
      if (this.#adjoins(seq)) {
        this.#showMessage(seq);
      }
    }
    this.#showNeighbours(messages);
    this.#showLetters();
    this.#after(messages.filter(isPost).length);
    if (this.#nodes.size > NODES + CHUNK) {
      this.#keepPlace(() => this.#trim());
    }
  }

  /** Shows older messages that are known, without the view moving. Returns whether there were any. */
  showOlder() {
    const older = this.#timeline.seqsBefore(this.#firstSeq, CHUNK);
    this.#extend(older.toReversed());
    return older.length > 0;
  }

  /** The same with newer ones, for a reader who comes back down. */
  showNewer() {
    const newer = this.#timeline.seqsAfter(this.#lastSeq, CHUNK);
    this.#extend(newer);
    return newer.length > 0;
  }

  /** Whether the first message that is known is in the page. */
  get showsStart() {
    return this.#timeline.isEmpty || this.#nodes.has(this.#timeline.oldest);
  }

  /** Starts over with what the timeline has now. */
  restart() {
    this.#clear();
    this.goToEnd();
    this.showOutbox();
  }

  /** Takes everything out: the timeline is another part of the room. */
  clear() {
    this.#clear();
    this.#isAtEnd = false;
    this.#missed = 0;
    this.#letters.hide();
  }

  /** Goes to a message that is known, and points it out. @param {number} seq */
  goTo(seq) {
    this.#bringIn(seq);
    const node = this.#nodes.get(seq);
    node.scrollIntoView({ block: "center" });
    node.classList.add("is-marked");
    setTimeout(() => node.classList.remove("is-marked"), MARK_MS);
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    this.#scrolled();
  }

  /** Begins where the reader left off, if that is further up than the end shows. @param {?number} seq */
  begin(seq) {
    this.goToEnd();
    if (seq !== null && this.#timeline.covers(seq)) {
      this.#isAtEnd = false;
      this.#bringIn(seq);
      this.#log.scrollTop += this.#nodes.get(seq).getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
      this.#scrolled();
    }
  }

  /**
   * Shows messages once more: what is said of them has changed, not they.
   * @param {(message: import("./protocol.js").Message) => boolean} [areMeant]
   */
  refresh(areMeant = () => true) {
    const seqs = [...this.#nodes.keys()].filter((seq) => areMeant(this.#timeline.get(seq)));
    this.#keepPlace(() => seqs.forEach((seq) => this.#reshow(seq)));
  }

  /** The message that a node shows. @returns {?import("./protocol.js").Message} */
  messageOf(node) {
    return this.#timeline.get(Number(node?.dataset.seq)) ?? null;
  }

  #bringIn(seq) {
    this.#isAtEnd = false;
    if (!this.#nodes.has(seq)) {
      this.#clear();
      this.#extend([...this.#timeline.seqsBefore(seq, CHUNK), seq, ...this.#timeline.seqsAfter(seq, CHUNK)]);
    }
  }

  /** Shows what I wrote that is not confirmed: below the last message, where that is in the page. */
  showOutbox() {
    this.#showLetters();
    this.#after(0);
  }

  #showLetters() {
    if (this.#showsEnd) {
      this.#letters.show(this.#lines.of(this.#timeline.seqs.at(-1)));
    } else {
      this.#letters.hide();
    }
  }

  goToEnd() {
    if (this.#timeline.hasNewer) {
      this.#actions.backToNow();
      return;
    }
    if (!this.#showsEnd) {
      this.#clear();
      this.#extend(this.#timeline.seqs.slice(-CHUNK));
    }
    this.#isAtEnd = true;
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#scrolled();
  }

  get #showsEnd() {
    const { isEmpty, hasNewer, seqs } = this.#timeline;
    return !hasNewer && (isEmpty || this.#nodes.has(seqs.at(-1)));
  }

  get #firstSeq() {
    return Math.min(...this.#nodes.keys());
  }

  get #lastSeq() {
    return Math.max(...this.#nodes.keys());
  }

  /** Whether a message stands next to what is in the page, or in it. */
  #adjoins(seq) {
    const here = [this.#timeline.before(seq), seq, this.#timeline.after(seq)];
    return this.#nodes.size === 0 || here.some((it) => this.#nodes.has(it));
  }

  /** Shows messages that adjoin what is in the page, the nearest first. */
  #extend(seqs) {
    this.#keepPlace(() => {
      seqs.forEach((seq) => this.#showMessage(seq));
      this.#showNeighbours(seqs.map((seq) => this.#timeline.get(seq)));
      this.#showLetters();
      this.#trim();
    });
  }

  /** Takes out what lies furthest from the reader. */
  #trim() {
    const excess = this.#nodes.size - NODES;
    if (excess <= 0) {
      return;
    }
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const isInUpperHalf = !this.#isAtEnd && scrollTop + clientHeight / 2 < scrollHeight / 2;
    const inOrder = [...this.#nodes.keys()].sort((one, other) => one - other);
    for (const seq of isInUpperHalf ? inOrder.slice(-excess) : inOrder.slice(0, excess)) {
      this.#nodes.get(seq).remove();
      this.#nodes.delete(seq);
    }
    this.#showLetters();
  }

  /** Lets what the reader sees stay where it is, whatever comes and goes around it. */
  #keepPlace(change) {
    const top = this.#log.getBoundingClientRect().top;
    const isSeen = (node) => node.getBoundingClientRect().bottom > top;
    const anchor = [...this.#list.children].find(isSeen);
    const before = anchor?.getBoundingClientRect().bottom; // its top may lose a name or a day
    change();
    if (this.#isAtEnd) {
      this.#log.scrollTop = this.#log.scrollHeight;
    } else if (anchor?.isConnected) {
      this.#log.scrollTop += anchor.getBoundingClientRect().bottom - before;
    }
  }

  #clear() {
    this.#nodes.forEach((node) => node.remove());
    this.#nodes.clear();
  }

  #showMessage(seq) {
    const { id } = this.#timeline.get(seq);
    let node = this.#nodes.get(seq);
    if (!node) {
      node = this.#letters.release(id) ?? newMessageNode(); // mine, confirmed: it stands there
      node.dataset.seq = seq;
      this.#nodes.set(seq, node);
      this.#list.insertBefore(node, this.#nodeAfter(seq));
      showNote(node, null);
    }
    this.#showLine(node, seq);
  }

  #showLine(node, seq) {
    showLine(node, this.#lines.of(seq), this.#lines.of(this.#timeline.before(seq)), this.#me);
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
      [...this.#nodes.keys()].filter(theirs).forEach((seq) => this.#reshow(seq));
    }
  }

  #reshow(seq) {
    const node = this.#nodes.get(seq);
    if (node) {
      this.#showLine(node, seq);
    }
  }

  #after(news) {
    this.#empty.hidden = !this.#timeline.isEmpty || !this.#letters.isEmpty;
    if (this.#isAtEnd) {
      this.goToEnd();
    } else {
      this.#missed += news;
      this.#showJump();
      this.#tellSeen();
    }
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#isAtEnd = this.#showsEnd && scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#isAtEnd) {
      this.#missed = 0;
    }
    this.#showJump();
    this.#tellSeen();
  }

  #tellSeen() {
    if (document.hidden || this.#nodes.size === 0) {
      return;
    }
    const seq = this.#isAtEnd ? this.#lastSeq : this.#lastInView();
    if (seq) {
      this.#actions.seen(seq);
    }
  }

  #lastInView() {
    const { bottom } = this.#log.getBoundingClientRect();
    const isInView = (node) => node.dataset.seq && node.getBoundingClientRect().bottom <= bottom;
    return Number([...this.#list.children].findLast(isInView)?.dataset.seq ?? 0);
  }

  /** News that came while the page looks elsewhere. */
  missed(count) {
    this.#missed += count;
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#isAtEnd;
    const label = this.#timeline.hasNewer ? gettext("Back to now") : gettext("Latest");
    this.#jump.querySelector("[data-jump-label]").textContent = this.#missed ? ngettext("%(count)s new", "%(count)s new", this.#missed) : label;
  }
}
