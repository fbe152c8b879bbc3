/** Of the page: what counts, dates and lists are written in as well. */
export const language = document.documentElement.lang || "en";

const catalog = globalThis.django; // a script that only pages in another language than English have

/**
 * A sentence in the page's language.
 * @param {string} message  in English, with places like %(name)s
 * @param {Object<string, string|number>} [values]  by place
 */
export const gettext = (message, values = {}) => fill(catalog?.gettext(message) ?? message, values);

/**
 * The same of a count, in the form that goes with it.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Object<string, string|number>} [values]  by place; %(count)s is there
 */
export function ngettext(one, many, count, values = {}) {
  const message = catalog?.ngettext(one, many, count) ?? (count === 1 ? one : many);
  return fill(message, { count: count.toLocaleString(language), ...values });
}

/**
 * A sentence with elements in it.
 * @param {string} message  in the page's language, with its places
 * @param {Object<string, Node|string>} values  by place
 * @returns {(Node|string)[]}
 */
export const withNodes = (message, values) =>
  message.split(/%\((\w+)\)s/).map((part, index) => (index % 2 ? values[part] : part));

/** Several as one says them. @param {string[]} names */
export const listed = (names) => new Intl.ListFormat(language).format(names);

const fill = (message, values) => message.replace(/%\((\w+)\)s/g, (place, name) => values[name] ?? place);
