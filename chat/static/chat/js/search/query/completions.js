import { gettext } from "../../lib/i18n.js";
import { filterInWords, operatorHints, VALUES } from "./filter_texts.js";
import { OPERATORS, ownOperator } from "./operators.js";
import { filterOf } from "./query_tokens.js";
import { findNames } from "../search_api.js";

/**
 * @typedef {{label: string, hint: string, filter?: import("./query_tokens.js").Filter, text?: string, day?: string}} Completion
 *   what choosing it brings: a filter, a text in place of the word, or the day of a filter from the calendar
 */

const NAMED = ["from", "in"];
const DATED = ["before", "after", "on"];

/**
 * What may complete a word.
 * @param {string} word  before the caret
 * @param {boolean} isAlone  whether nothing else is typed: then all operators are shown
 * @param {?string} room  the address of the room that is searched
 * @returns {Promise<Completion[]>}
 */
export async function completionsOf(word, isAlone, room) {
  const filter = filterOf(word);
  if (!filter) {
    return operatorCompletions(word, isAlone);
  }
  const { operator } = filter;
  if (NAMED.includes(operator)) {
    const names = await findNames(operator, filter.value, operator === "from" ? room : null);
    return names.map((name) => valueCompletion(filter, name));
  }
  if (DATED.includes(operator)) {
    return dayCompletions(filter);
  }
  const typed = filter.value.toLowerCase();
  const isBegun = (value) => value.startsWith(typed) || filterInWords({ operator, value }).toLowerCase().includes(typed);
  const values = Object.keys(VALUES[operator]).filter(isBegun);
  return values.map((value) => valueCompletion(filter, value));
}

function operatorCompletions(word, isAlone) {
  const typed = word.replace(/^-/, "").toLowerCase();
  const sign = word.startsWith("-") ? "-" : "";
  const isBegun = (operator) => (typed ? typed.length > 1 && ownOperator(operator).startsWith(typed) : isAlone);
  const hints = operatorHints();
  return OPERATORS.filter(isBegun).map((operator) => {
    const text = `${sign}${ownOperator(operator)}:`;
    return { label: text, hint: hints[operator], text };
  });
}

function valueCompletion(filter, value) {
  const complete = { ...filter, value };
  const isName = NAMED.includes(filter.operator);
  return { label: isName ? value : filterInWords(complete), hint: "", filter: complete };
}

function dayCompletions(filter) {
  const days = [[gettext("Today"), 0], [gettext("Yesterday"), -1]].map(([label, days]) => ({ label, value: dayFromNow(days) }));
  const known = days.filter(({ value }) => value.startsWith(filter.value));
  const completions = known.map(({ label, value }) => ({ label, hint: value, filter: { ...filter, value } }));
  return [...completions, { label: gettext("Choose a day…"), hint: "", day: filter.operator }];
}

/** A day as fields and queries have it: 2026-11-27. @param {number} days  from today */
export function dayFromNow(days) {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (number) => String(number).padStart(2, "0");
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
