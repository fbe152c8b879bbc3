import { knownValue, operatorOf } from "./operators.js";

/**
 * @typedef {object} Filter  what stands before and after the colon of `-from:"Ada Lovelace"`
 * @property {string} operator
 * @property {string} value
 * @property {boolean} isNegated
 *
 * @typedef {{text: string, start: number, end: number, isClosed: boolean, filter: ?Filter}} Word
 *   `isClosed`: it ends with a quotation mark that closes one
 */

const OPERATOR = /\p{L}{2,10}:/uy;
const QUOTE = /["“”„‟«»]/;
const NEGATION = /-[^\s-]/y;

/**
 * The words of a query, as chat/search/query.py reads them: a quotation begins where a word or a value begins.
 * @param {string} text
 * @returns {Word[]}
 */
export function wordsOf(text) {
  const words = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) {
      at += 1;
    } else {
      words.push(wordFrom(text, at));
      at = words.at(-1).end;
    }
  }
  return words;
}

function wordFrom(text, start) {
  const isNegated = matches(NEGATION, text, start) !== null;
  const begins = start + Number(isNegated);
  const typed = matches(OPERATOR, text, begins);
  const operator = typed && operatorOf(typed.slice(0, -1));
  const { value, end, isClosed } = valueFrom(text, operator ? begins + typed.length : begins);
  const filter = operator ? { operator, value: knownValue(operator, value.trim()), isNegated } : null;
  return { text: text.slice(start, end), start, end, isClosed, filter };
}

function valueFrom(text, start) {
  const isQuoted = QUOTE.test(text[start] ?? "");
  const rest = text.slice(start + Number(isQuoted));
  const length = rest.search(isQuoted ? QUOTE : /\s/);
  const value = length < 0 ? rest : rest.slice(0, length);
  const isClosed = isQuoted && length >= 0;
  return { value, end: start + Number(isQuoted) + value.length + Number(isClosed), isClosed };
}

function matches(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** A word as a filter; null if it is none. Its value may be empty. @param {string} word  @returns {?Filter} */
export const filterOf = (word) => wordsOf(word)[0]?.filter ?? null;

/** A filter as it is typed. @param {Filter} filter */
export const filterText = ({ operator, value, isNegated }) =>
  `${isNegated ? "-" : ""}${operator}:${/[\s"“”„‟«»]/.test(value) ? `"${value.replaceAll('"', "")}"` : value}`;

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
  for (const { filter, start, end, isClosed } of wordsOf(text)) {
    if (filter?.value && (isAllMeant || isClosed || end < text.length)) {
      filters.push(filter);
      rest += text.slice(last, start);
      last = end + Number(/\s/.test(text[end] ?? ""));
    }
  }
  return { filters, rest: rest + text.slice(last) };
}

/** The word that ends at the caret, as its start and its text. @param {string} text  @param {number} caret */
export function wordAt(text, caret) {
  const word = wordsOf(text.slice(0, caret)).at(-1);
  return word?.end === caret ? { start: word.start, text: word.text } : { start: caret, text: "" };
}

/** The text without filters, such as those that are still being typed. @param {string} text */
export const withoutFilters = (text) =>
  wordsOf(text).filter(({ filter }) => !filter).map((word) => word.text).join(" ");

/** The text without quotation marks round its phrases. @param {string} text */
export const withoutQuotes = (text) => text.replace(/["“”„‟«»]/g, " ").replace(/\s+/g, " ").trim();

/** Whether a text has a phrase in quotation marks. @param {string} text */
export const hasQuotes = (text) => wordsOf(text).some((word) => QUOTE.test(word.text));
