import { gettext } from "../lib/i18n.js";
import { SHRUG } from "./shrug.js";

const MODERATING = /^(un)?(mute|ban|lock)$|^(slow|remove)$/i; // moderation/keeper_commands.js
const COMMAND = /^\/(?<name>\p{L}[\p{L}\p{N}_-]*)(?:\s+(?<argument>[^]*))?$/u;

/**
 * @typedef {{kind: "text" | "action", text: string}} NewMessage
 * @typedef {{kind: "nick", name: string} | {kind: "msg", to: string} | {kind: "topic", topic: string} | {kind: "search", search: string} | {kind: "help"} | {kind: "moderate", name: string, argument: string}} Command
 * @typedef {{kind: "refused", name: string, detail: string}} Refusal  `detail` is a sentence for the person
 * @typedef {{kind: "unknown", name: string, typed: string, detail: string}} Unknown  perhaps a command of a bot
 */

const parsers = {
  me: (text) => (text ? { kind: "action", text } : refused("me", gettext("Describe what you are doing, for example “/me waves”."))),
  nick: (name) => (name ? { kind: "nick", name } : refused("nick", gettext("Enter a name, for example “/nick Ada”."))),
  msg: (to) => (to ? { kind: "msg", to } : refused("msg", gettext("Enter a name, for example “/msg Ada Hello”."))),
  topic: (topic) => ({ kind: "topic", topic }),
  search: (search) => ({ kind: "search", search }),
  shrug: (text) => ({ kind: "text", text: text ? `${text} ${SHRUG}` : SHRUG }),
  help: () => ({ kind: "help" }),
};

/**
 * Parses what was typed as a message or a command.
 * @param {string} typed  trimmed
 * @returns {NewMessage | Command | Refusal | Unknown}
 */
export function parse(typed) {
  const command = COMMAND.exec(typed);
  if (!command) {
    const isEscaped = typed.startsWith("//") && COMMAND.test(typed.slice(1)); // "// TODO" is text
    return { kind: "text", text: isEscaped ? typed.slice(1) : typed };
  }
  const { name, argument = "" } = command.groups;
  if (MODERATING.test(name)) {
    return { kind: "moderate", name: name.toLowerCase(), argument };
  }
  const parser = Object.hasOwn(parsers, name.toLowerCase()) && parsers[name.toLowerCase()];
  return parser ? parser(argument) : unknown(name, typed);
}

const refused = (name, detail) => ({ kind: "refused", name, detail });

function unknown(name, typed) {
  const known = Object.keys(parsers).map((it) => `/${it}`).join(", ");
  const detail = gettext(
    "There is no command /%(name)s. Commands: %(known)s. To send a message that starts with a slash, type //%(name)s.",
    { name, known },
  );
  return { kind: "unknown", name, typed, detail };
}
