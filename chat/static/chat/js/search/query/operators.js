import { language } from "../../lib/i18n.js";

// As chat/search/query.py knows them.
export const OPERATORS = ["from", "in", "before", "after", "on", "has", "is"];
const GERMAN = { from: "von", before: "vor", after: "nach", on: "am", has: "hat", is: "ist" };
const GERMAN_VALUES = {
  has: { datei: "file", bild: "image" },
  is: { meine: "mine", meins: "mine", erwähnung: "mention" },
};
const KNOWN = new Map(OPERATORS.flatMap((it) => [[it, it], [GERMAN[it] ?? it, it]]));

/** The operator that a word before a colon means; null if none. @param {string} word  @returns {?string} */
export const operatorOf = (word) => KNOWN.get(word.toLowerCase()) ?? null;

/** An operator as a person of the page's language types it. @param {string} operator */
export const ownOperator = (operator) => (language === "de" && GERMAN[operator]) || operator;

/** A value as the server and the texts have it. @param {string} operator  @param {string} value */
export const knownValue = (operator, value) => GERMAN_VALUES[operator]?.[value.toLowerCase()] ?? value;
