import { isolate } from "./isolate.js";

/** The page's language; counts, dates and lists are formatted in it too. */
export const language = document.documentElement.lang || "en";

const catalog = globalThis.django; // from Django's JavaScript catalog; English pages have none

/**
 * Translates a sentence. Each value is isolated, and a list of names is joined as the language does.
 * @param {string} message  English, with placeholders like %(name)s
 * @param {Object<string, string|number|string[]>} [values]  by placeholder
 */
export const gettext = (message, values = {}) => fill(catalog?.gettext(message) ?? message, values);

/**
 * Translates a sentence that depends on a count.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Object<string, string|number|string[]>} [values]  by placeholder; %(count)s is set
 */
export function ngettext(one, many, count, values = {}) {
  const message = catalog?.ngettext(one, many, count) ?? (count === 1 ? one : many);
  return fill(message, { count: count.toLocaleString(language), ...values });
}

/**
 * Fills a translated sentence's placeholders with elements.
 * @param {string} message  with its placeholders
 * @param {Object<string, Node>} values  by placeholder; <bdi> isolates a name
 * @returns {(Node|string)[]}
 */
export const withNodes = (message, values) =>
  message.split(/%\((\w+)\)s/).map((part, index) => (index % 2 ? values[part] : part));

/** Joins names, each isolated, as the language does: "a, b and c". @param {string[]} names */
export const formatList = (names, options = {}) => new Intl.ListFormat(language, options).format(names.map(isolate));

/** Fills the placeholders of a translated text. @param {string} message  @param {Object<string, string|number|string[]>} values */
export const fill = (message, values) =>
  message.replace(/%\((\w+)\)s/g, (placeholder, name) => shown(values[name] ?? placeholder));

const shown = (value) => (Array.isArray(value) ? formatList(value) : isolate(String(value)));
