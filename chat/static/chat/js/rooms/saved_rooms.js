import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby rooms";
const MAX_ROOMS = 20;

/** @typedef {{name: string, at: ?string, kept?: boolean}} SavedRoom  and the time of its latest activity */

/**
 * My rooms as the server last listed them, for the offline page. `kept` is false for a room that is only looked at.
 * @returns {SavedRoom[]}
 */
export const savedRooms = () => JSON.parse(readStorage(KEY) ?? "[]");

/** @param {SavedRoom[]} rooms  all of mine, latest activity first */
export const saveRooms = (rooms) => writeStorage(KEY, JSON.stringify(rooms.slice(0, MAX_ROOMS)));

/** Puts the room of this page first. @param {string} name  @param {{isKept?: boolean}} [options]  I have posted in it */
export function saveRoom(name, { isKept = false } = {}) {
  const rooms = savedRooms();
  const kept = isKept || rooms.some((room) => room.name === name && room.kept !== false);
  const others = rooms.filter((room) => room.name !== name && room.kept !== false);
  saveRooms([{ name, at: new Date().toISOString(), kept }, ...others]);
}
