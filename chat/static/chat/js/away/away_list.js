import { gettext, ngettext } from "../lib/i18n.js";
import { timeOrDate } from "../lib/time.js";
import { deletedText, excerpt } from "../messages/quote_view.js";
import { element } from "../ui/dom.js";

/** @typedef {import("../net/protocol.js").Message} Message */

const headings = () => ({
  mentions: gettext("Mentions of you"),
  replies: gettext("Answers to you"),
  edited: gettext("Edited after you read it"),
  deleted: gettext("Deleted after you read it"),
  files: gettext("Files"),
  links: gettext("Links"),
});

/**
 * Shows what happened, the latest of each kind first. Each line leads to its message.
 * @param {HTMLElement} list
 * @param {object} told  as docs/protocol.md describes it
 * @param {(author: {id: string, name: string}) => string} labelOf
 */
export function showAway(list, told, labelOf) {
  const messages = new Map(told.messages.map((message) => [message.seq, message]));
  const sections = Object.entries(headings()).map(([kind, heading]) => {
    const known = told[kind].map((seq) => messages.get(seq)).filter(Boolean);
    return known.length ? section(heading, known, labelOf) : null;
  });
  list.replaceChildren(...sections.filter(Boolean));
  const notes = [othersNote(told.others, list.childElementCount > 0), told.more && gettext("There is more than is listed here.")];
  list.append(...notes.filter(Boolean).map((note) => element("p", "away-note", note)));
  list.childElementCount || list.append(element("p", "away-note", gettext("Nothing has happened since you left off.")));
}

/** @param {string} heading  @param {Message[]} messages */
function section(heading, messages, labelOf) {
  const items = messages.map((message) => element("li", "", link(message, labelOf)));
  return element("section", "", element("h3", "away-heading", heading), element("ul", "", ...items));
}

/** @param {Message} message */
function link(message, labelOf) {
  const { seq, author, deleted, sent_at: sentAt } = message;
  const sent = new Date(sentAt);
  const time = element("time", "away-time", timeOrDate(sent));
  time.dateTime = sent.toISOString();
  const text = element("bdi", "away-text", deleted ? deletedText(message) : excerpt(message));
  const item = element("a", "away-item", element("bdi", "away-author", labelOf(author)), " ", time, " ", text);
  item.href = `#${seq}`;
  return item;
}

function othersNote(count, isAfterOthers) {
  if (!count) {
    return "";
  }
  return isAfterOthers
    ? ngettext("And %(count)s other new message.", "And %(count)s other new messages.", count)
    : ngettext("%(count)s new message.", "%(count)s new messages.", count);
}
