import { withFiles } from "../files/files_text.js";
import { gettext } from "../lib/i18n.js";
import { element, setText } from "../ui/dom.js";
import { htmlToText, replaceSpoilers, truncate } from "./plain_text.js";

const EXCERPT_CHARACTERS = 140;

/**
 * Shows the quote above a reply. Its text comes from the quoted message as it is now: a deleted one has none.
 * @param {HTMLElement} node  of the reply
 * @param {import("./message_presenter.js").DisplayedMessage} message
 */
export function showQuote(node, { quote }) {
  let link = node.querySelector(".quote");
  if (!quote) {
    link?.remove();
    return;
  }
  if (!link) {
    link = element("a", "quote", element("bdi", "quote-author"), element("bdi", "quote-text"));
    node.querySelector(".message-text").before(link);
  }
  link.href = `#${quote.seq}`;
  link.ariaLabel = gettext("In reply to %(name)s: %(text)s", { name: quote.author, text: quote.text });
  setText(link.querySelector(".quote-author"), quote.author);
  setText(link.querySelector(".quote-text"), quote.text);
}

/**
 * The quote of a message.
 * @param {number} seq
 * @param {?import("../net/protocol.js").Message} message  undefined while it is fetched, null if there is none
 * @param {(author: {id: string, name: string}) => string} nameOf
 */
export function quoteOf(seq, message, nameOf) {
  if (message === undefined) {
    return { seq, author: "", text: "…" };
  }
  if (message === null) {
    return { seq, author: "", text: gettext("This message is no longer kept.") };
  }
  if (message.deleted) {
    return { seq, author: nameOf(message.author), text: deletedText(message) };
  }
  return { seq, author: nameOf(message.author), text: excerpt(message) };
}

/** What stands in place of a deleted message. @param {?import("../net/protocol.js").Message} message */
export const deletedText = (message) =>
  message?.deleted_by === "moderator" ? gettext("Removed by a moderator.") : gettext("This message was deleted.");

/** The beginning of a message as plain text, and what files it has. @param {import("../net/protocol.js").Message} message */
export const excerpt = ({ text, html, files }) =>
  withFiles(truncate(html ? htmlToText(html, (body) => replaceSpoilers(body, "▒▒▒")) : text, EXCERPT_CHARACTERS), files);
