import { roomAddress } from "../lib/addresses.js";
import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby rooms";
const MAX_ROOMS = 20;

/** @typedef {{id?: ?string, name: string, kind?: string, at: ?string, kept?: boolean}} SavedRoom  and the time of its latest activity */

/**
 * My rooms as the server last listed them, for the offline page. `kept` is false for a room that is only looked at.
 * @returns {SavedRoom[]}
 */
export const savedRooms = () => JSON.parse(readStorage(KEY) ?? "[]");

/** @param {SavedRoom[]} rooms  all of mine, latest activity first */
export const saveRooms = (rooms) => writeStorage(KEY, JSON.stringify(rooms.slice(0, MAX_ROOMS)));

/**
 * Puts the room of this page first.
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {{isKept?: boolean}} [options]  I have posted in it
 */
export function saveRoom({ id, name, kind }, { isKept = false } = {}) {
  const isThis = (room) => roomAddress(room) === roomAddress({ id, name, kind });
  const rooms = savedRooms().filter((room) => room.kept !== false);
  const kept = isKept || rooms.some(isThis);
  saveRooms([{ id, name, kind, at: new Date().toISOString(), kept }, ...rooms.filter((room) => !isThis(room))]);
}
