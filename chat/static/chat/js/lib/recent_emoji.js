import { readStorage, writeStorage } from "./storage.js";

const KEY = "lobby emoji";
const COUNT = 6;
const DEFAULTS = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/** Six emoji to react with: those used lately, the latest first, then usual ones. @returns {string[]} */
export const quickEmoji = () => [...new Set([...recent(), ...DEFAULTS])].slice(0, COUNT);

/** @param {string} emoji */
export const rememberEmoji = (emoji) => writeStorage(KEY, [...new Set([emoji, ...recent()])].slice(0, COUNT).join(" "));

const recent = () => readStorage(KEY)?.split(" ").filter(Boolean) ?? [];
