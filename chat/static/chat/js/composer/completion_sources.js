import { gettext } from "../lib/i18n.js";
import { initials } from "../people/avatar.js";

const MAX_OPTIONS = 8;
const MEANT_CHARACTERS = 3; // with fewer, Enter sends what is typed: "see you @", ":on"

/**
 * @typedef {object} Option
 * @property {string} text  that replaces the query
 * @property {string} name
 * @property {string} [mark]  of one of several people of that name
 * @property {string} [argument]
 * @property {string} [note]
 * @property {string} [icon]
 * @property {number} [color]  of the icon
 * @property {() => void} [onChoose]
 *
 * @typedef {object} Source
 * @property {string} label
 * @property {RegExp} pattern  matches the text before the caret: a trigger character and the `query`
 * @property {(query: string) => Option[] | Promise<Option[]>} search
 * @property {(query: string, option: Option) => boolean} isMeant  whether Enter chooses the first option
 */

/**
 * Mentions, after "@". A name may contain spaces. Scripts without cases often have none before: 谢谢@小明.
 * @param {(query: string) => {id: string, name: string, note?: string}[]} searchPeople
 * @param {(id: string) => number} avatarColor
 * @returns {Source}
 */
export const mentions = (searchPeople, avatarColor) => ({
  label: gettext("People"),
  isMeant: begins,
  pattern: /(?<![\p{Lu}\p{Ll}\p{N}_])[@＠﹫](?<query>(?:[^\s@＠﹫]+(?: [^\s@＠﹫]+)*)?)$/u,
  search(query) {
    const options = searchPeople(query).slice(0, MAX_OPTIONS).map((person) => personOption("@", person, avatarColor));
    return "room".startsWith(query.toLowerCase()) ? [...options, EVERYBODY] : options;
  },
});

const personOption = (before, { id, name, mark, note, picture }, avatarColor) => ({
  text: `${before}${name} `,
  name,
  mark,
  note,
  icon: initials(name),
  color: avatarColor(id),
  picture,
});

/** Whether a query begins the name of an option, and is long enough for that to be no accident. */
function begins(query, { name }) {
  return query.length >= MEANT_CHARACTERS && name.replace(/^:/, "").toLowerCase().startsWith(query.toLowerCase());
}

const EVERYBODY = { text: "@room ", name: "room", note: gettext("everyone in this room"), icon: "@" };

/**
 * Emoji, after ":" and two letters. The first letter fetches the names.
 * @param {import("../emoji/emoji_names.js").EmojiNames} names
 * @returns {Source}
 */
export const emoji = (names) => ({
  label: gettext("Emoji"),
  isMeant: (query, option) => begins(query.replaceAll("-", "_"), option),
  pattern: /(?<![\p{L}\p{N}_:/]):(?<query>[a-z][a-z0-9_-]*|[+-]1?)$/iu,
  async search(query) {
    const found = await names.search(query, MAX_OPTIONS);
    const options = found.map(({ name, emoji }) => ({
      text: `${emoji} `,
      name: `:${name}:`,
      icon: emoji,
      onChoose: () => names.find(name), // counts as used
    }));
    return query.length < 2 ? [] : options;
  },
});

/**
 * Commands, after "/" at the start of the text.
 * @param {() => boolean} areAllowed
 * @param {() => {name: string, argument: string, description: string}[]} all
 * @returns {Source}
 */
export const commands = (areAllowed, all) => ({
  label: gettext("Commands"),
  isMeant: () => true, // a command is nothing to send
  pattern: /^\/(?<query>(?:[a-z][a-z0-9_-]*)?)$/i,
  search(query) {
    const matching = (areAllowed() ? all() : []).filter(({ name }) => name.startsWith(query.toLowerCase()));
    return matching.map(({ name, argument, description }) => ({
      text: `/${name} `,
      name: `/${name}`,
      argument,
      note: description,
    }));
  },
});

/**
 * People, after a command that is about one: its name is part of what an option replaces.
 * @param {() => boolean} areAllowed
 * @param {(query: string) => {id: string, name: string, note?: string}[]} searchPeople
 * @param {(id: string) => number} avatarColor
 * @returns {Source}
 */
export const people = (areAllowed, searchPeople, avatarColor) => ({
  label: gettext("People"),
  isMeant: () => false, // the name may be typed already
  pattern: /^\/(?<query>(?:un)?(?:mute|ban)\s[^@\n]*|remove\s[^@\n]*)$/i,
  search(query) {
    const [, command, name] = /^(\S+\s+)([^]*)$/.exec(query);
    return (areAllowed() ? searchPeople(name) : []).slice(0, MAX_OPTIONS).map((it) => personOption(`/${command}`, it, avatarColor));
  },
});
