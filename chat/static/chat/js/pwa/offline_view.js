import { roomPath } from "../lib/addresses.js";
import { timeAgo } from "../lib/time.js";
import { element } from "../ui/dom.js";

/**
 * Shows pending messages by room.
 * @param {{room: string, text: string, refusal: ?string}[]} messages  in the order written
 */
export function showPendingMessages(messages) {
  const section = document.querySelector("[data-offline-pending]");
  const rooms = [...new Set(messages.map(({ room }) => room))];
  const rows = rooms.map((room) => pendingRow(room, messages.filter((message) => message.room === room)));
  section.querySelector("ul").replaceChildren(...rows);
  section.hidden = !messages.length;
}

function pendingRow(room, messages) {
  const texts = messages.map(({ text, refusal }) => element("p", refusal ? "is-refused" : "", text));
  return element("li", "pending-room", roomLink(room, element("span", "rooms-name", room)), ...texts);
}

/** @param {import("../rooms/saved_rooms.js").SavedRoom[]} rooms */
export function showRooms(rooms) {
  const section = document.querySelector("[data-offline-rooms]");
  section.querySelector("ul").replaceChildren(...rooms.map(roomRow));
  section.hidden = !rooms.length;
}

function roomRow({ name, at }) {
  return element("li", "", roomLink(name, element("span", "rooms-name", name), ...activityTime(at)));
}

function activityTime(at) {
  if (!at) {
    return [];
  }
  const time = element("time", "", timeAgo(new Date(at)));
  time.dateTime = at;
  return [time];
}

function roomLink(room, ...children) {
  const link = element("a", "", ...children);
  link.href = roomPath(room);
  return link;
}
