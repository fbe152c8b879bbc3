import { element } from "../ui/dom.js";
import { ago } from "../lib/time.js";

/** What is not sent yet, by room. @param {{room: string, text: string, refusal: ?string}[]} letters  in the order written */
export function showLetters(letters) {
  const place = document.querySelector("[data-offline-letters]");
  const rooms = [...new Set(letters.map(({ room }) => room))];
  const groups = rooms.map((room) => group(room, letters.filter((letter) => letter.room === room)));
  place.querySelector("ul").replaceChildren(...groups);
  place.hidden = !letters.length;
}

function group(room, letters) {
  const texts = letters.map(({ text, refusal }) => element("p", refusal ? "is-refused" : "", text));
  return element("li", "waiting-room", link(room, element("span", "rooms-name", room)), ...texts);
}

/** @param {import("../rooms/known_rooms.js").KnownRoom[]} rooms */
export function showRooms(rooms) {
  const place = document.querySelector("[data-offline-rooms]");
  const rows = rooms.map(({ name, at }) => element("li", "", link(name, element("span", "rooms-name", name), ...when(at))));
  place.querySelector("ul").replaceChildren(...rows);
  place.hidden = !rooms.length;
}

function when(at) {
  if (!at) {
    return [];
  }
  const time = element("time", "", ago(new Date(at)));
  time.dateTime = at;
  return [time];
}

function link(room, ...children) {
  const node = element("a", "", ...children);
  node.href = `/chat/${encodeURIComponent(room)}/`;
  return node;
}
