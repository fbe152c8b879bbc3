import { readStorage, writeStorage } from "../../lib/storage.js";
import { postToRoom } from "../post_to_room.js";

const KEY = "lobby left";
const UNDO_MS = 10_000;

/** @typedef {{id: string, name: string, kind?: string, read: number, muted: boolean, starred: boolean, kept: boolean}} LeftRoom  and my state in it */

/** Puts a room back into my list, with my state in it. @param {LeftRoom} room  @returns {Promise<boolean>} */
export const undoLeaving = (room) => postToRoom(room, "keep", { read: room.read, ...checked(room) });

const checked = (room) => Object.fromEntries(["muted", "starred"].filter((mark) => room[mark]).map((mark) => [mark, "on"]));

/** For the index, to which a page goes whose room was left. @param {LeftRoom} room */
export const saveLeft = (room) => writeStorage(KEY, JSON.stringify({ ...room, at: Date.now() }));

/** The room that was left on the page before, if one was. @returns {?LeftRoom} */
export function takeLeft() {
  const left = JSON.parse(readStorage(KEY) ?? "null");
  writeStorage(KEY, "");
  return left && Date.now() - left.at < UNDO_MS ? left : null;
}

/** Calls a function after the time for undoing, and not while the button has the pointer or the keyboard's focus. */
export function afterUndoTime(node, onEnd) {
  setTimeout(() => {
    node.matches(":hover") || node.querySelector(":focus-visible") ? afterUndoTime(node, onEnd) : onEnd();
  }, UNDO_MS);
}
