import { means } from "../net/protocol.js";
import { quoteOf } from "./quote_view.js";

/** Messages as the timeline shows them. */
export class Lines {
  #timeline;
  #originals;
  #newLine;
  #me;

  /**
   * @param {import("../timeline/timeline.js").Timeline} timeline
   * @param {import("./originals.js").Originals} originals
   * @param {import("../timeline/new_line.js").NewLine} newLine
   * @param {{id: string}} me
   */
  constructor(timeline, originals, newLine, me) {
    this.#timeline = timeline;
    this.#originals = originals;
    this.#newLine = newLine;
    this.#me = me;
  }

  /** @param {?number} seq  @returns {?import("./types.js").Line} */
  of(seq) {
    const message = this.#timeline.get(seq);
    if (!message) {
      return null;
    }
    const { author, text, html, kind = "text", deleted, reactions, reply_to: answers } = message;
    return {
      author: { id: author.id, name: this.#timeline.nameOf(author) },
      text,
      html: html ?? null,
      kind,
      at: new Date(message.sent_at),
      edited: Boolean(message.edited_at),
      deleted,
      reactions,
      quote: answers && !deleted ? this.quote(answers) : null,
      meansMe: author.id !== this.#me.id && means(message, this.#me),
      isFirstNew: seq === this.#newLine.first,
      refusal: null,
      pending: false,
    };
  }

  /** What a quote of the message at `seq` shows. */
  quote(seq) {
    const message = this.#timeline.get(seq) ?? this.#originals.get(seq);
    return quoteOf(seq, message, (author) => this.#timeline.nameOf(author));
  }
}
