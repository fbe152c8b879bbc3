import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby emoji";
const SHOWN = 16;
const FIRST = ["👍", "❤️", "😂", "🎉", "😮", "😢"]; // before I have used any

/** The emoji I have used lately, the last first. */
export const recentEmoji = {
  get all() {
    return [...new Set([...this.used, ...FIRST])].slice(0, SHOWN);
  },

  /** Without those that stand in for them before I have used any. */
  get used() {
    return readStorage(KEY)?.split(" ") ?? [];
  },

  /** @param {string} emoji  without a skin tone */
  add(emoji) {
    const latest = [...new Set([emoji, ...this.used])].slice(0, SHOWN);
    writeStorage(KEY, latest.join(" "));
  },
};
