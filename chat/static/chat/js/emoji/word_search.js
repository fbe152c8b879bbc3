import { folded } from "../lib/folded.js";

/** The words of a name. @param {string} text  @returns {string[]} */
export const words = (text) => folded(text).split(/[\s_]+|(?<=\p{L})-(?=\p{L})/u);

/**
 * How well words match a query: 0 is a whole word, 1 the start of one, 2 a part of one; Infinity is no match.
 * @param {string[]} words
 * @param {string} query  folded
 */
export function matchQuality(words, query) {
  let best = words.join("_").includes(query) ? 2 : Infinity;
  for (const word of words) {
    best = word === query ? 0 : word.startsWith(query) ? Math.min(best, 1) : best;
    if (best === 0) {
      break;
    }
  }
  return best;
}
