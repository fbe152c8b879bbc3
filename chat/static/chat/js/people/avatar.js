import { language } from "../lib/i18n.js";

/** The first letters of a name's first and last word. @param {string} name */
export function initials(name) {
  const words = name.match(/\p{L}[\p{L}\p{M}]*|\p{N}/gu) ?? ["?"];
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return chosen.map((word) => [...word][0].toLocaleUpperCase(language)).join("");
}

/** A member's hue, computed from the id: the same on every screen. @param {string} id  a UUID */
export const hue = (id) => parseInt(id.slice(0, 6), 16) % 360;
