/** Where I left off: above the first message that is new to me. */
export class NewLine {
  #after;
  #me;
  #timeline;

  /**
   * @param {?number} after  the last seq I have read
   * @param {import("./timeline.js").Timeline} timeline
   * @param {{id: string}} me
   */
  constructor(after, timeline, me) {
    this.#after = after;
    this.#timeline = timeline;
    this.#me = me;
  }

  /** The first message that is new to me, if it is known to be the first. @returns {?number} */
  get first() {
    if (this.#after === null || this.isFurtherUp) {
      return null;
    }
    let seq = this.#timeline.after(this.#after);
    while (seq !== null && !this.#isNew(this.#timeline.get(seq))) {
      seq = this.#timeline.after(seq);
    }
    return seq;
  }

  /** Whether what is new to me begins before the messages that are known. */
  get isFurtherUp() {
    const { oldest, hasOlder } = this.#timeline;
    return this.#after !== null && hasOlder && oldest !== null && oldest > this.#after + 1;
  }

  /** @returns {?number} */
  get after() {
    return this.#after;
  }

  /** What comes now is new. @param {?number} seq  the last I have read; null: I take part myself */
  move(seq) {
    this.#after = seq;
  }

  #isNew({ author, deleted }) {
    return author.id !== this.#me.id && !deleted;
  }
}
