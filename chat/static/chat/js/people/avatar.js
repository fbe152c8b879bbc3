import { indexPath } from "../lib/addresses.js";
import { language } from "../lib/i18n.js";
import { element, setText } from "../ui/dom.js";

const WORD = /\p{L}[\p{L}\p{M}\p{N}'’\u200c\u200d]*|\p{N}+/gu;
const VOWELS_BEFORE = /^[\u0e40-\u0e44\u0ec0-\u0ec4]/; // of Thai and Lao: spoken after the letter
const WITHOUT_CAPITALS = /^\p{Script=Georgian}/u; // few fonts have those that Unicode has
const JOINED = /\p{Script=Arabic}/u;
const NON_JOINER = "\u200c";
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Creates an avatar, which screen readers skip: the name stands beside it. @param {string} className  further ones */
export function newAvatar(className = "") {
  const node = element("span", `avatar ${className}`.trim());
  node.ariaHidden = "true";
  return node;
}

/**
 * @param {HTMLElement} node  an avatar
 * @param {string} name
 * @param {number} color
 * @param {boolean} [guest]
 * @param {string} [picture]  the id of one
 */
export function showAvatar(node, name, color, guest = false, picture) {
  node.dataset.color = color;
  node.classList.toggle("is-guest", guest);
  setText(node, initials(name));
  showPicture(node, picture);
}

/** Lays a picture over a node, in its style sheet; without one, or one that does not load, the node shows what it has. */
export const showPicture = (node, picture) =>
  node.style.setProperty("--picture", picture ? `url(${indexPath}pictures/${picture}/96.webp)` : "");

/** The first letters of the first and last word; without letters, the first character. @param {string} name */
export function initials(name) {
  const shown = name.normalize("NFKC").trim();
  const words = shown.match(WORD) ?? [shown];
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  const letters = chosen.map(initial);
  return letters.join(letters.some((letter) => JOINED.test(letter)) ? NON_JOINER : "");
}

function initial(word) {
  const letter = firstGrapheme(word.replace(VOWELS_BEFORE, "") || word);
  return WITHOUT_CAPITALS.test(letter) ? letter : firstGrapheme(letter.toLocaleUpperCase(language));
}

const firstGrapheme = (text) => graphemes.segment(text)[Symbol.iterator]().next().value?.segment ?? "?";
