/**
 * @typedef {object} Filter  what stands before and after the colon of `-from:"Ada Lovelace"`
 * @property {string} operator
 * @property {string} value
 * @property {boolean} isNegated
 */

export const OPERATORS = ["from", "in", "before", "after", "on", "has", "is"];

const FILTER = new RegExp(`^(-?)(${OPERATORS.join("|")}):(.*)$`, "isu");
const QUOTES = /["“”„]/;
const ALL_QUOTES = /["“”„]/g;

/**
 * The words of a query, each with its place. White space in quotation marks does not end a word.
 * @param {string} text
 * @returns {{text: string, start: number, end: number, isClosed: boolean}[]}  closed: its quotation marks are
 */
export function wordsOf(text) {
  const words = [];
  let word = null;
  let isQuoted = false;
  const end = (at) => {
    word && words.push({ text: text.slice(word.start, at), start: word.start, end: at, isClosed: !isQuoted });
    word = null;
  };
  for (let at = 0; at < text.length; at += 1) {
    if (!isQuoted && /\s/.test(text[at])) {
      end(at);
      continue;
    }
    word ??= { start: at };
    isQuoted = QUOTES.test(text[at]) ? !isQuoted : isQuoted;
  }
  end(text.length);
  return words;
}

/** A word as a filter; null if it is none. Its value may be empty. @param {string} word  @returns {?Filter} */
export function filterOf(word) {
  const [, sign, operator, value] = FILTER.exec(word) ?? [];
  return operator ? { operator: operator.toLowerCase(), value: value.replace(ALL_QUOTES, "").trim(), isNegated: sign === "-" } : null;
}

/** A filter as it is typed. @param {Filter} filter */
export const filterText = ({ operator, value, isNegated }) =>
  `${isNegated ? "-" : ""}${operator}:${/\s/.test(value) ? `"${value}"` : value}`;

/**
 * Takes the filters out of a typed text that are complete: something follows them, or all of the text is meant.
 * @param {string} text
 * @param {boolean} [isAllMeant]
 * @returns {{filters: Filter[], rest: string}}
 */
export function takeFilters(text, isAllMeant = false) {
  const filters = [];
  let rest = "";
  let last = 0;
  for (const { text: word, start, end, isClosed } of wordsOf(text)) {
    const filter = filterOf(word);
    const isComplete = isAllMeant || (isClosed && end < text.length);
    if (filter?.value && isComplete) {
      filters.push(filter);
      rest += text.slice(last, start);
      last = end + (/\s/.test(text[end] ?? "") ? 1 : 0);
    }
  }
  return { filters, rest: rest + text.slice(last) };
}

/** The word that ends at the caret, as its start and its text. @param {string} text  @param {number} caret */
export function wordAt(text, caret) {
  const word = wordsOf(text.slice(0, caret)).at(-1);
  return word?.end === caret ? { start: word.start, text: word.text } : { start: caret, text: "" };
}

/** The text without filters that are still being typed. @param {string} text */
export const withoutFilters = (text) =>
  wordsOf(text).filter((word) => !filterOf(word.text)).map((word) => word.text).join(" ");
