import { fill } from "../lib/i18n.js";
import { isMe } from "../people/is_me.js";

// chat/web/event_texts.py
const texts = new Map(Object.entries(JSON.parse(document.getElementById("event-texts")?.textContent ?? "{}")));

/**
 * What happened, after the name of a person; an event of a newer server as that says it.
 * @param {import("../net/protocol.js").Message} message
 * @param {{id: string}} me
 */
export function eventText({ event, text }, me) {
  const { type, people = [], role, to, by, seconds, days } = event;
  const names = people.map(({ name }) => name);
  const others = people.filter((person) => !isMe(person, me)).map(({ name }) => name);
  const who = others.length === names.length ? "" : others.length ? ".us" : ".me";
  const key = `${type}.${role ?? to ?? seconds ?? days ?? names.length}`;
  const ofMe = who && (texts.get(key + who) ?? texts.get(type + who));
  const found = ofMe || (texts.get(key) ?? texts.get(type));
  return found && (!role || texts.has(key)) ? fill(found, { ...event, names: ofMe ? others : names, by: by?.name }) : text;
}
