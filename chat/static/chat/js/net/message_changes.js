/** @typedef {import("./protocol.js").Message} Message */

/**
 * Completes changes of messages with the states that they change.
 * @param {(Message|import("./protocol.js").Change)[]} events  in version order
 * @param {(seq: number) => ?Message} known
 * @returns {{messages: Message[], missing: number[]}}  `missing` are the seqs of changes of other states than the known
 */
export function completeChanges(events, known) {
  const messages = new Map(); // by seq, the newest
  const complete = [];
  const missing = new Set();
  for (const event of events) {
    const before = messages.get(event.seq) ?? known(event.seq);
    const isMissing = event.type === "change" && event.base !== before?.version;
    if (!isMissing) {
      messages.set(event.seq, event.type === "change" ? changed(before, event) : event);
      complete.push(messages.get(event.seq));
    } else if (!(before?.version >= event.version)) {
      missing.add(event.seq);
    }
  }
  return { messages: complete, missing: [...missing] };
}

function changed(message, { version, reactions }) {
  const byEmoji = new Map(message.reactions.map((it) => [it.emoji, it]));
  for (const { emoji, count, added = [], removed = [] } of reactions) {
    const gone = new Set([...removed, ...added.map(({ id }) => id)]);
    const others = (byEmoji.get(emoji)?.people ?? []).filter(({ id }) => !gone.has(id));
    byEmoji.set(emoji, { emoji, count, people: [...others, ...added] });
    count || byEmoji.delete(emoji);
  }
  return { ...message, version, reactions: [...byEmoji.values()] };
}
