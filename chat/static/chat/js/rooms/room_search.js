import { roomAddress } from "../lib/addresses.js";
import { folded } from "../lib/folded.js";
import { isRoomName, roomKey, singleSpaced, withoutHash } from "./rooms.js";

/**
 * Searches rooms by name.
 * @template {{name: string, isCurrent: boolean, unread: number, mentions: number}} Room
 * @param {Room[]} rooms  latest activity first
 * @param {string} typed
 * @returns {Room[]}  the matches, the best first
 */
export function searchRooms(rooms, typed) {
  const query = folded(withoutHash(typed)).trim();
  const rank = query ? ({ name }) => distance(folded(name).trim(), query) : urgency;
  const ranked = rooms.map((room) => ({ room, rank: rank(room) }));
  return ranked
    .filter((it) => it.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map(({ room }) => room);
}

/**
 * The typed text as the name of an open room that is not in the list; null if it is in the list, or no name.
 * @param {{id: string, name: string, kind?: string}[]} rooms
 * @param {string} typed
 */
export function newRoomName(rooms, typed) {
  const name = singleSpaced(withoutHash(typed));
  const isListed = rooms.some((room) => roomKey(roomAddress(room)) === roomKey(name));
  return isListed || !isRoomName(name) ? null : name;
}

/** The order without a query: mentions, unread, read, and the current room last. */
function urgency({ isCurrent, mentions, unread }) {
  return isCurrent ? 3 : mentions ? 0 : unread ? 1 : 2;
}

function distance(name, query) {
  if (name.startsWith(query)) {
    return 0;
  }
  if (name.split(/[-_. ]+/).some((_, at, words) => words.slice(at).join(" ").startsWith(query))) {
    return 1;
  }
  return name.includes(query) ? 2 : isSubsequence(name, query) ? 3 : Infinity;
}

function isSubsequence(name, query) {
  let index = -1;
  return [...query].every((character) => (index = name.indexOf(character, index + 1)) >= 0);
}
