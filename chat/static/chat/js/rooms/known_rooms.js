import { keep, kept } from "../lib/kept.js";

const NAME = "lobby rooms";
const MOST = 20;

/** @typedef {{name: string, at: ?string}} KnownRoom  a room of mine, and when something happened there */

/** My rooms as the server last told them, to be listed when it does not answer. @returns {KnownRoom[]} */
export const knownRooms = () => JSON.parse(kept(NAME) ?? "[]");

/** @param {KnownRoom[]} rooms  all I have, the latest first: one that I left is forgotten */
export const keepRooms = (rooms) => keep(NAME, JSON.stringify(rooms.slice(0, MOST)));

/** I am in a room. @param {string} name */
export const keepRoom = (name) =>
  keepRooms([{ name, at: new Date().toISOString() }, ...knownRooms().filter((room) => room.name !== name)]);
