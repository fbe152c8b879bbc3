import { folded } from "../lib/folded.js";

/** The words of a text. @param {string} text  @returns {string[]} */
export const words = (text) => folded(text).split(/[\s_:.,!?()“”„]+|(?<=\p{L})-(?=\p{L})/u).filter(Boolean);

/** A text as `matchQuality` takes it. @param {string} text */
export const searchable = (text) => words(text).join("_");

/** The best first; "_" is the edge of a word. */
const MATCHES = [
  (name, query) => name === `_${query}_`,
  (name, query) => name.startsWith(`_${query}_`),
  (name, query) => name.startsWith(`_${query}`),
  (name, query) => name.includes(`_${query}_`),
  (name, query) => name.includes(`_${query}`),
  () => true,
];

/**
 * How well a name matches a query: 0 is the name itself; then come names that begin with the query, as whole words
 * first, names with the query as words inside, names with a word that begins so, and names with the query anywhere.
 * Infinity is no match.
 * @param {string} name  searchable
 * @param {string} query  searchable
 */
export function matchQuality(name, query) {
  return name.includes(query) ? MATCHES.findIndex((matches) => matches(`_${name}_`, query)) : Infinity;
}
