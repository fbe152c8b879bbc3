import { keyOf } from "./rooms.js";

const NAME = /^[\p{L}\p{N}\-_.][\p{L}\p{N}\p{M}\-_. ]{0,63}$/u; // the server has the last word

/**
 * @template {{name: string, isHere: boolean, unread: number, mentions: number}} Room
 * @param {Room[]} rooms  the last active first
 * @param {string} typed
 * @returns {Room[]}  those that are meant, the likeliest first
 */
export function find(rooms, typed) {
  const wanted = fold(typed);
  const rank = wanted ? ({ name }) => likeness(fold(name), wanted) : calls;
  const ranked = rooms.map((room) => ({ room, rank: rank(room) }));
  return ranked
    .filter((it) => it.rank < Infinity)
    .sort((one, other) => one.rank - other.rank)
    .map(({ room }) => room);
}

/**
 * The room that is none of mine yet, and that what was typed names; null if there is none.
 * @param {{name: string}[]} rooms
 * @param {string} typed
 */
export function other(rooms, typed) {
  const name = typed.trim();
  const isMine = rooms.some((room) => keyOf(room.name) === keyOf(name));
  return isMine || !NAME.test(name.normalize("NFKC")) ? null : name;
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** With nothing typed: where somebody means me, where there is news, and where I am last. */
function calls({ isHere, mentions, unread }) {
  return isHere ? 3 : mentions ? 0 : unread ? 1 : 2;
}

function likeness(name, wanted) {
  if (name.startsWith(wanted)) {
    return 0;
  }
  if (name.split(/[-_. ]+/).some((_, at, words) => words.slice(at).join(" ").startsWith(wanted))) {
    return 1;
  }
  return name.includes(wanted) ? 2 : hasInOrder(name, wanted) ? 3 : Infinity;
}

function hasInOrder(name, wanted) {
  let place = -1;
  return [...wanted].every((character) => (place = name.indexOf(character, place + 1)) >= 0);
}
