import { isMe } from "../people/is_me.js";

/** My reactions. A message does not name everybody who reacted, so the server tells which are mine. */
export class OwnReactions {
  #me;
  #emoji = new Map(); // of the reactions that the server told of, by seq

  /** @param {{id: string, claimed: string[]}} me */
  constructor(me) {
    this.#me = me;
  }

  /** @param {{seq: number, emoji: string, on?: boolean}} reacted */
  learn({ seq, emoji, on = true }) {
    const known = this.#emoji.get(seq) ?? new Set();
    this.#emoji.set(seq, known);
    on ? known.add(emoji) : known.delete(emoji);
  }

  /** Whether I have reacted. @param {import("../net/protocol.js").Message} message  @param {string} emoji */
  has({ seq, reactions }, emoji) {
    const { people = [], count = 0 } = reactions.find((it) => it.emoji === emoji) ?? {};
    const isToldOf = people.length < count && this.#emoji.get(seq)?.has(emoji);
    return isToldOf || people.some((person) => isMe(person, this.#me));
  }
}
