import { withFiles } from "../files/files_text.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { htmlToText, replaceSpoilers, truncate } from "../messages/plain_text.js";

const MAX_CHARACTERS = 500; // the rest is in the timeline
const MAX_CODE_LINES = 2; // of a longer block, only the length

/**
 * A message as a screen reader reads it: without formatting, spoilers hidden, files in a few words.
 * @param {import("../net/protocol.js").Message} message
 */
export function spokenText({ text, html, files }) {
  return withFiles(truncate(html ? htmlToText(html, prepare) : text, MAX_CHARACTERS), files);
}

function prepare(body) {
  replaceSpoilers(body, gettext("(hidden)"));
  body.querySelectorAll("pre").forEach((block) => shorten(block));
}

function shorten(block) {
  const lines = block.textContent.trimEnd().split("\n").length;
  if (lines > MAX_CODE_LINES) {
    block.textContent = ngettext("(%(count)s line of code)", "(%(count)s lines of code)", lines);
  }
}
