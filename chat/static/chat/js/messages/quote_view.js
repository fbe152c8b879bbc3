import { element, setText } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";
import { beginning, hideSpoilers, wordsOf } from "./words.js";

const EXCERPT = 140; // characters

/**
 * Shows the line that a line answers, above it. What it says follows the original: a deleted one says nothing.
 * @param {HTMLElement} node  of the message
 * @param {import("./types.js").Line} line
 */
export function showQuote(node, { quote }) {
  let place = node.querySelector(".quote");
  if (!quote) {
    place?.remove();
    return;
  }
  if (!place) {
    place = element("a", "quote", element("span", "quote-author"), element("span", "quote-text"));
    node.querySelector(".message-text").before(place);
  }
  place.href = `#${quote.seq}`;
  place.ariaLabel = gettext("In answer to %(name)s: %(text)s", { name: quote.author, text: quote.text });
  setText(place.querySelector(".quote-author"), quote.author);
  setText(place.querySelector(".quote-text"), quote.text);
}

/**
 * What a quote shows of a message: undefined while it is fetched, null where there is none.
 * @param {number} seq
 * @param {?import("../net/protocol.js").Message} message
 * @param {(author: {id: string, name: string}) => string} nameOf
 */
export function quoteOf(seq, message, nameOf) {
  if (message === undefined) {
    return { seq, author: "", text: "…" };
  }
  if (message === null || message.deleted) {
    return { seq, author: message ? nameOf(message.author) : "", text: gettext("This message was deleted.") };
  }
  return { seq, author: nameOf(message.author), text: excerpt(message) };
}

/** The beginning of what a message says, in one line. @param {import("../net/protocol.js").Message} message */
export const excerpt = ({ text, html }) =>
  beginning(html ? wordsOf(html, (body) => hideSpoilers(body, "▒▒▒")) : text, EXCERPT);
