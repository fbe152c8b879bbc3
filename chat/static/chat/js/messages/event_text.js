import { fill } from "../lib/i18n.js";

const texts = JSON.parse(document.getElementById("event-texts")?.textContent ?? "{}"); // chat/web/event_texts.py

/** What happened, after the name of a person; an event of a newer server as that says it. @param {import("../net/protocol.js").Message} message */
export function eventText({ event, text }) {
  const names = event.people?.map(({ name }) => name);
  const found = texts[`${event.type}.${event.role ?? event.to ?? names?.length}`] ?? texts[event.type];
  return found ? fill(found, { ...event, names, by: event.by?.name }) : text;
}
