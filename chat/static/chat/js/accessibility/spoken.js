import { gettext, ngettext } from "../lib/i18n.js";
import { beginning, hideSpoilers, wordsOf } from "../messages/words.js";

const LENGTH = 500; // characters; the rest is in the timeline
const CODE_LINES = 2; // a longer block is told by its length

/** A message as it is read out: without its form, hidden things still hidden. @param {import("../net/protocol.js").Message} message */
export function spoken({ text, html }) {
  return beginning(html ? wordsOf(html, readOut) : text, LENGTH);
}

function readOut(body) {
  hideSpoilers(body, gettext("(hidden)"));
  body.querySelectorAll("pre").forEach((block) => shorten(block));
}

function shorten(block) {
  const lines = block.textContent.trimEnd().split("\n").length;
  if (lines > CODE_LINES) {
    block.textContent = ngettext("(%(count)s line of code)", "(%(count)s lines of code)", lines);
  }
}
