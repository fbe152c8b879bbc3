import { addressPath, roomAddress } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { timeAgo } from "../lib/time.js";
import { button, element } from "../ui/dom.js";

/** @typedef {import("../net/outbox_store.js").PendingMessage & {room: string}} PendingMessage */

/**
 * Shows pending messages by room.
 * @param {PendingMessage[]} messages  in the order written
 * @param {(message: PendingMessage) => {id?: string, name: string, kind?: string}} roomOf
 * @param {(message: PendingMessage) => void} onCancel
 */
export function showPendingMessages(messages, roomOf, onCancel) {
  const addressOf = (message) => roomAddress(roomOf(message));
  const section = document.querySelector("[data-offline-pending]");
  const rooms = new Map(messages.map((message) => [addressOf(message), roomOf(message)]));
  const pendingIn = (address) => messages.filter((message) => addressOf(message) === address);
  const rows = [...rooms].map(([address, { name }]) => pendingRow(address, name, pendingIn(address), onCancel));
  section.querySelector("ul").replaceChildren(...rows);
  section.hidden = !messages.length;
}

function pendingRow(room, name, messages, onCancel) {
  const nodes = messages.map((message) => pendingMessage(message, () => onCancel(message)));
  return element("li", "pending-room", roomLink(room, element("span", "rooms-name", name)), ...nodes);
}

/** "Delete" where the message may have been sent. */
function pendingMessage({ text, files = [], refusal, attempted }, onCancel) {
  const label = attempted ? gettext("Delete") : gettext("Don’t send");
  const names = files.length ? gettext("With %(names)s", { names: files.map(({ name }) => name) }) : "";
  const shown = element("p", refusal ? "is-refused" : "", [text, names].filter(Boolean).join("\n"));
  return element("div", "pending-message", shown, button(label, onCancel, "quiet-button"));
}

/** @param {import("../rooms/saved_rooms.js").SavedRoom[]} rooms */
export function showRooms(rooms) {
  const section = document.querySelector("[data-offline-rooms]");
  section.querySelector("ul").replaceChildren(...rooms.map(roomRow));
  section.hidden = !rooms.length;
}

function roomRow(room) {
  const { name, at } = room;
  return element("li", "", roomLink(roomAddress(room), element("span", "rooms-name", name), ...activityTime(at)));
}

function activityTime(at) {
  if (!at) {
    return [];
  }
  const time = element("time", "", timeAgo(new Date(at)));
  time.dateTime = at;
  return [time];
}

function roomLink(address, ...children) {
  const link = element("a", "", ...children);
  link.href = addressPath(address);
  return link;
}
