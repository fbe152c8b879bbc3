import { JumpView } from "./jump_view.js";
import { MessageNodes } from "./message_nodes.js";
import { newMessageNode, showLine, showNote } from "../messages/message_view.js";
import { isPost } from "../net/protocol.js";

const NODES = 200; // in the page at most; what lies further from the reader is kept as data
const CHUNK = 50;
const MARK_MS = 2_000; // that a message is pointed out

/**
 * Shows a timeline and my letters under it.
 *
 * In the page is an unbroken part of the timeline, around where the reader is.
 */
export class TimelineView {
  #timeline;
  #lines;
  #letters;
  #me;
  #place;
  #actions;
  #nodes = new MessageNodes(document.querySelector("[data-messages]"));
  #empty = document.querySelector("[data-empty]");
  #jump = new JumpView(() => this.goToEnd());

  /**
   * @param {{timeline: import("./timeline.js").Timeline, lines: import("../messages/lines.js").Lines,
   *   letters: import("../messages/letters_view.js").LettersView, me: {id: string}}} shown
   * @param {import("./place.js").Place} place
   * @param {{seen: (seq: number) => void, backToNow: () => void}} actions
   *   `seen` is told which message is the last in view
   */
  constructor({ timeline, lines, letters, me }, place, actions) {
    this.#timeline = timeline;
    this.#lines = lines;
    this.#letters = letters;
    this.#me = me;
    this.#place = place;
    this.#actions = actions;
    place.listen(() => this.#moved());
    document.addEventListener("visibilitychange", () => this.#tellSeen());
  }

  /** Shows news: messages the timeline has taken. */
  show(messages) {
    const news = messages.map(({ seq }) => seq).sort((one, other) => one - other);
    this.#place.keep(() => {
      news.forEach((seq) => this.#adjoins(seq) && this.#showMessage(seq));
      this.#showFollowers(news);
      this.#showRenamed();
      this.#showLetters();
      this.#trim(NODES + CHUNK);
    });
    this.#after(messages.filter(isPost).length);
  }

  /** Shows what I wrote that is not confirmed: below the last message, where that is in the page. */
  showOutbox() {
    this.#place.keep(() => this.#showLetters());
    this.#after(0);
  }

  /** Shows older messages that are known, without the view moving. Returns whether there were any. */
  showOlder() {
    const older = this.#timeline.seqsBefore(this.#nodes.first ?? Infinity, CHUNK);
    this.#extend(older.toReversed());
    return older.length > 0;
  }

  /** The same with newer ones, for a reader who comes back down. */
  showNewer() {
    const newer = this.#timeline.seqsAfter(this.#nodes.last ?? Infinity, CHUNK);
    this.#extend(newer);
    return newer.length > 0;
  }

  /** How many older messages are known and not in the page. */
  get olderCount() {
    return this.#timeline.countBefore(this.#nodes.first ?? Infinity);
  }

  /** How many newer ones. */
  get newerCount() {
    return this.#timeline.countAfter(this.#nodes.last ?? Infinity);
  }

  /** Whether another message in the page costs one that is there. */
  get isFull() {
    return this.#nodes.size >= NODES;
  }

  /** Whether the first message that is known is in the page. */
  get showsStart() {
    return this.#timeline.isEmpty || this.#nodes.has(this.#timeline.oldest);
  }

  /** Whether the last message of the room is in the page. */
  get showsEnd() {
    const { isEmpty, hasNewer, newest } = this.#timeline;
    return !hasNewer && (isEmpty || this.#nodes.has(newest));
  }

  /** Starts over with what the timeline has now. */
  restart() {
    this.#nodes.clear();
    this.goToEnd();
    this.showOutbox();
  }

  /** Takes everything out: the timeline is another part of the room. */
  clear() {
    this.#nodes.clear();
    this.#place.leave();
    this.#jump.forget();
    this.#letters.hide();
  }

  goToEnd() {
    if (this.#timeline.hasNewer) {
      this.#actions.backToNow();
      return;
    }
    if (!this.showsEnd) {
      this.#nodes.clear();
      this.#extend(this.#timeline.seqs.slice(-CHUNK));
    }
    this.#place.goToEnd();
  }

  /** Goes to a message that is known, and points it out. @param {number} seq */
  goTo(seq) {
    this.#bringIn(seq);
    const node = this.#nodes.get(seq);
    node.classList.add("is-marked");
    setTimeout(() => node.classList.remove("is-marked"), MARK_MS);
    node.focus({ preventScroll: true });
    this.#place.goTo(node, "center");
  }

  /** Begins where the reader left off, if that is further up than the end shows. @param {?number} seq */
  begin(seq) {
    this.goToEnd();
    if (seq !== null && this.#timeline.covers(seq)) {
      this.#bringIn(seq);
      this.#place.goTo(this.#nodes.get(seq), "start");
    }
  }

  /**
   * Shows messages once more: what is said of them has changed, not they.
   * @param {(message: import("../net/protocol.js").Message) => boolean} [areMeant]
   */
  refresh(areMeant = () => true) {
    const seqs = this.#nodes.seqs.filter((seq) => areMeant(this.#timeline.get(seq)));
    this.#place.keep(() => seqs.forEach((seq) => this.#reshow(seq)));
  }

  /** News that came while the page looks elsewhere. */
  missed(count) {
    this.#jump.miss(count);
    this.#showJump();
  }

  /** The message that a node shows. @returns {?import("../net/protocol.js").Message} */
  messageOf(node) {
    return this.#timeline.get(Number(node?.dataset.seq)) ?? null;
  }

  #bringIn(seq) {
    if (!this.#nodes.has(seq)) {
      this.#nodes.clear();
      this.#extend([...this.#timeline.seqsBefore(seq, CHUNK), seq, ...this.#timeline.seqsAfter(seq, CHUNK)]);
    }
  }

  /** Shows messages that adjoin what is in the page, the nearest first. */
  #extend(seqs) {
    this.#place.keep(() => {
      seqs.forEach((seq) => this.#showMessage(seq));
      this.#showFollowers(seqs);
      this.#showLetters();
      this.#trim(NODES);
    });
  }

  /** Takes out what lies furthest from the reader, if there is too much of it. */
  #trim(most) {
    if (this.#nodes.size > most) {
      this.#nodes.trim(this.#nodes.size - NODES, this.#place.isAtEnd ? null : this.#place.node);
      this.#showLetters();
    }
  }

  /** Whether a message stands next to what is in the page, or in it. */
  #adjoins(seq) {
    const here = [this.#timeline.before(seq), seq, this.#timeline.after(seq)];
    return this.#nodes.size === 0 || here.some((it) => this.#nodes.has(it));
  }

  #showMessage(seq) {
    if (!this.#nodes.has(seq)) {
      const node = this.#letters.release(this.#timeline.get(seq).id) ?? newMessageNode(); // mine stands there
      this.#nodes.add(seq, node);
      showNote(node, null);
    }
    this.#reshow(seq);
  }

  #reshow(seq) {
    const node = this.#nodes.get(seq);
    if (node) {
      showLine(node, this.#lines.of(seq), this.#lines.of(this.#timeline.before(seq)), this.#me);
    }
  }

  /** What follows a message may now stand under another name or day. */
  #showFollowers(seqs) {
    const shown = new Set(seqs);
    seqs.map((seq) => this.#timeline.after(seq)).filter((seq) => !shown.has(seq)).forEach((seq) => this.#reshow(seq));
  }

  #showRenamed() {
    const renamed = this.#timeline.takeRenamed();
    if (renamed.size) {
      const theirs = (seq) => renamed.has(this.#timeline.get(seq).author.id);
      this.#nodes.seqs.filter(theirs).forEach((seq) => this.#reshow(seq));
    }
  }

  #showLetters() {
    if (this.showsEnd) {
      this.#letters.show(this.#lines.of(this.#timeline.newest));
    } else {
      this.#letters.hide();
    }
  }

  #after(news) {
    this.#empty.hidden = !this.#timeline.isEmpty || !this.#letters.isEmpty;
    if (!this.#place.isAtEnd) {
      this.#jump.miss(news);
    }
    this.#moved();
  }

  #moved() {
    if (this.#place.isAtEnd) {
      this.#jump.forget();
    }
    this.#showJump();
    this.#tellSeen();
  }

  #showJump() {
    this.#jump.show(!this.#place.isAtEnd, this.#timeline.hasNewer);
  }

  #tellSeen() {
    const { isAtEnd } = this.#place;
    const seq = document.hidden ? null : isAtEnd ? this.#nodes.last : this.#nodes.lastWithin(this.#place.countSeen);
    if (seq) {
      this.#actions.seen(seq);
    }
  }
}
