import { hue, initials } from "../people/avatar.js";
import { COMMANDS } from "./commands.js";
import { gettext } from "../lib/i18n.js";

const SHOWN = 8;

/**
 * @typedef {object} Option
 * @property {string} text  what is written if it is chosen
 * @property {string} name
 * @property {string} [argument]
 * @property {string} [note]
 * @property {string} [icon]
 * @property {number} [hue]  of the icon's colour
 */

/**
 * @typedef {object} Source  of what can be completed
 * @property {string} label
 * @property {RegExp} pattern  of the text before the caret: one sign, and the `query` up to the caret
 * @property {(query: string) => Option[] | Promise<Option[]>} search
 */

/**
 * Whom to mention, after an @. A name may have spaces.
 * @param {(query: string) => {id: string, name: string, note?: string}[]} people
 * @returns {Source}
 */
export const mentions = (people) => ({
  label: gettext("People"),
  pattern: /(?<![\p{L}\p{N}_])@(?<query>(?:[^\s@]+(?: [^\s@]+)*)?)$/u,
  search(query) {
    const options = people(query).slice(0, SHOWN).map(({ id, name, note }) => ({
      text: `@${name} `,
      name,
      note,
      icon: initials(name),
      hue: hue(id),
    }));
    return "room".startsWith(query.toLowerCase()) ? [...options, EVERYBODY] : options;
  },
});

const EVERYBODY = { text: "@room ", name: "room", note: gettext("everybody here"), icon: "@" };

/**
 * Emoji, after a colon and two letters; with the first, they are fetched.
 * @param {import("../lib/emoji.js").EmojiNames} names
 * @returns {Source}
 */
export const emoji = (names) => ({
  label: gettext("Emoji"),
  pattern: /(?<![\p{L}\p{N}_:/]):(?<query>[a-z][a-z0-9_]*|[+-]1?)$/iu,
  async search(query) {
    const found = await names.search(query.toLowerCase(), SHOWN);
    const options = found.map(({ name, emoji }) => ({ text: `${emoji} `, name: `:${name}:`, icon: emoji }));
    return query.length < 2 ? [] : options;
  },
});

/**
 * Commands, after a slash that begins the text.
 * @param {() => boolean} areTaken  whether what is written may be one
 * @returns {Source}
 */
export const commands = (areTaken) => ({
  label: gettext("Commands"),
  pattern: /^\/(?<query>[a-z]*)$/i,
  search(query) {
    const known = COMMANDS.filter(({ name }) => areTaken() && name.startsWith(query.toLowerCase()));
    return known.map(({ name, argument, does }) => ({ text: `/${name} `, name: `/${name}`, argument, note: does }));
  },
});
