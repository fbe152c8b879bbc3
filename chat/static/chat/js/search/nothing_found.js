import { gettext } from "../lib/i18n.js";
import { button, element } from "../ui/dom.js";
import { filterInWords } from "./query/filter_texts.js";
import { hasQuotes, withoutQuotes } from "./query/query_tokens.js";

/**
 * What was asked, and what might help.
 * @param {import("./search_field.js").SearchField} field
 * @param {boolean} isInRoom  whether one room was searched
 * @param {() => void} searchAll  searches all of my rooms
 * @returns {HTMLElement[]}
 */
export function nothingFound(field, isInRoom, searchAll) {
  const asked = askedInWords(field);
  const says = isInRoom ? gettext("Nothing in this room was found for “%(asked)s”.", { asked }) : gettext("Nothing was found for “%(asked)s”.", { asked });
  const helps = [
    ...(isInRoom ? [helpful(gettext("Search all my rooms"), searchAll)] : []),
    ...field.filters.map((filter) => helpful(gettext("Without “%(filter)s”", { filter: filterInWords(filter) }), () => field.remove(filter))),
    ...(hasQuotes(field.words) ? [helpful(gettext("Without quotation marks"), () => (field.words = withoutQuotes(field.words)))] : []),
  ];
  const note = element("p", "search-note", gettext("Words are found from their beginning. Try fewer or shorter ones."));
  return [element("p", "", says), ...(helps.length ? [element("div", "search-helps", ...helps)] : []), ...(field.words ? [note] : [])];
}

const helpful = (label, onClick) => button(label, onClick, "quiet-button");

function askedInWords({ filters, words }) {
  return [words.trim(), ...filters.map(filterInWords)].filter(Boolean).join(" · ");
}
