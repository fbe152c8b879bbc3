import { gettext } from "../lib/i18n.js";
import { readingButton } from "./code_blocks.js";

const MAX_LINES = 20; // shown at once; of more, the first
const LINE_CHARACTERS = 90; // about, on a wide page
const BLANK_LINE = 0.5; // the height of a gap between paragraphs
const FENCE = /^\s*(```|~~~)/;

/** Whether a text takes too many lines, as far as can be told without laying it out. @param {string} text */
export function isLong(text) {
  let lines = 0;
  let isCode = false;
  for (const line of text.split("\n")) {
    isCode = FENCE.test(line) ? !isCode : isCode;
    const wrapped = isCode ? 1 : Math.ceil(line.length / LINE_CHARACTERS); // code scrolls
    lines += wrapped || (isCode ? 1 : BLANK_LINE);
  }
  return lines > MAX_LINES;
}

/**
 * Folds a long message, once: what the reader has opened stays open.
 * @param {HTMLElement} node  of the message
 * @param {import("./message_presenter.js").DisplayedMessage} message
 */
export function showFold(node, { text, kind, deleted }) {
  const toggle = node.querySelector(".fold-toggle");
  const isFoldable = kind === "text" && !deleted && isLong(text);
  if (isFoldable && !toggle) {
    node.querySelector(".message-text").after(readingButton("fold-toggle", "toggleFold"));
    setFolded(node, true);
  } else if (!isFoldable && toggle) {
    setFolded(node, false);
    toggle.remove();
  }
}

/** Folds a message or opens it, if it is long. @param {HTMLElement} node  @param {boolean} isFolded */
export function setFolded(node, isFolded) {
  const toggle = node.querySelector(".fold-toggle");
  if (toggle) {
    toggle.ariaExpanded = String(!isFolded);
    toggle.textContent = isFolded ? gettext("Show more") : gettext("Show less");
    node.querySelector(".message-text").classList.toggle("is-folded", isFolded);
  }
}
