const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g; // could end the isolate, or begin another
const RIGHT_TO_LEFT = // the blocks of right-to-left scripts, and what controls direction
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A name or text to be put into a sentence: a right-to-left one leaves the words around it in their order. In a
 * left-to-right sentence, a left-to-right one stays as it is.
 * @param {string} text
 */
export const isolate = (text) =>
  document.documentElement.dir === "rtl" || RIGHT_TO_LEFT.test(text)
    ? `${FIRST_STRONG_ISOLATE}${text.replace(CONTROLS, "")}${POP_DIRECTIONAL_ISOLATE}`
    : text;
