import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby rooms";
const MAX_ROOMS = 20;

/** @typedef {{name: string, at: ?string}} SavedRoom  and the time of its latest activity */

/** My rooms as the server last listed them, for the offline page. @returns {SavedRoom[]} */
export const savedRooms = () => JSON.parse(readStorage(KEY) ?? "[]");

/** @param {SavedRoom[]} rooms  all of mine, latest activity first */
export const saveRooms = (rooms) => writeStorage(KEY, JSON.stringify(rooms.slice(0, MAX_ROOMS)));

/** Puts the room of this page first. @param {string} name */
export const saveRoom = (name) =>
  saveRooms([{ name, at: new Date().toISOString() }, ...savedRooms().filter((room) => room.name !== name)]);
