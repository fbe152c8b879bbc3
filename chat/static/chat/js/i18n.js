/**
 * A sentence in the page's language.
 * @param {string} message  in English, with places like %(name)s
 * @param {Object<string, string|number>} [values]  by place
 */
export const gettext = (message, values = {}) => fill(message, values);

/**
 * The same of a count, in the form that goes with it.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @param {Object<string, string|number>} [values]  by place; %(count)s is there
 */
export const ngettext = (one, many, count, values = {}) =>
  fill(count === 1 ? one : many, { count: count.toLocaleString(), ...values });

const fill = (message, values) => message.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
