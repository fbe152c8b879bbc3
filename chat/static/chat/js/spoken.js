import { gettext, ngettext } from "./i18n.js";

const LENGTH = 500; // characters; the rest is in the timeline
const CODE_LINES = 2; // a longer block is told by its length

/** A message as it is read out: without its form, hidden things still hidden. @param {import("./protocol.js").Message} message */
export function spoken({ text, html }) {
  const words = [...(html ? wordsOf(html) : text).replace(/\s+/g, " ").trim()];
  return words.length > LENGTH ? `${words.slice(0, LENGTH).join("")}…` : words.join("");
}

function wordsOf(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  body.querySelectorAll(".spoiler").forEach((spoiler) => spoiler.replaceChildren(gettext("(hidden)")));
  body.querySelectorAll("pre").forEach((block) => shorten(block));
  body.querySelectorAll("p, li, pre, blockquote, br").forEach((block) => block.after(" "));
  return body.textContent;
}

function shorten(block) {
  const lines = block.textContent.trimEnd().split("\n").length;
  if (lines > CODE_LINES) {
    block.textContent = ngettext("(%(count)s line of code)", "(%(count)s lines of code)", lines);
  }
}
