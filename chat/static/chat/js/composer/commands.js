import { gettext } from "../lib/i18n.js";

const SHRUG = "¯\\\\\\_(ツ)\\_/¯"; // ¯\_(ツ)_/¯, as Markdown takes it
const COMMAND = /^\/(?<name>\p{L}[\p{L}\p{N}_-]*)(?:\s+(?<argument>[^]*))?$/u;

/** What can be written instead of a message. @type {{name: string, argument: string, does: string}[]} */
export const COMMANDS = [
  { name: "me", argument: gettext("waves"), does: gettext("Say what you do") },
  { name: "nick", argument: gettext("new name"), does: gettext("Change your name") },
  { name: "topic", argument: gettext("what it is about"), does: gettext("Set the room’s topic, or clear it") },
  { name: "shrug", argument: gettext("text"), does: gettext("Add %(shrug)s to a message", { shrug: "¯\\_(ツ)_/¯" }) },
  { name: "help", argument: "", does: gettext("Show what can be done here") },
];

/**
 * @typedef {{kind: "text" | "action", text: string}} Words  to be said
 * @typedef {{kind: "nick", name: string} | {kind: "topic", topic: string} | {kind: "help"}} Command
 * @typedef {{kind: "refused" | "unknown", name: string, detail: string}} Refusal  with a word on why
 */

const readers = {
  me: (text) => (text ? { kind: "action", text } : refused("me", gettext("Say what you do, as in “/me waves”."))),
  nick: (name) => (name ? { kind: "nick", name } : refused("nick", gettext("Say which name, as in “/nick Ada”."))),
  topic: (topic) => ({ kind: "topic", topic }),
  shrug: (text) => ({ kind: "text", text: text ? `${text} ${SHRUG}` : SHRUG }),
  help: () => ({ kind: "help" }),
};

/**
 * What somebody means by what they wrote.
 * @param {string} written  trimmed
 * @returns {Words | Command | Refusal}
 */
export function parse(written) {
  const command = COMMAND.exec(written);
  if (!command) {
    return { kind: "text", text: written.startsWith("//") ? written.slice(1) : written };
  }
  const { name, argument = "" } = command.groups;
  const reader = Object.hasOwn(readers, name.toLowerCase()) && readers[name.toLowerCase()];
  return reader ? reader(argument) : unknown(name);
}

const refused = (name, detail) => ({ kind: "refused", name, detail });

function unknown(name) {
  const known = COMMANDS.map((command) => `/${command.name}`).join(", ");
  const detail = gettext(
    "There is no command /%(name)s, only %(known)s. To send a line that begins with a slash, write //%(name)s.",
    { name, known },
  );
  return { kind: "unknown", name, detail };
}
