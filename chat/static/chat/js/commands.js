const SHRUG = "¯\\\\\\_(ツ)\\_/¯"; // ¯\_(ツ)_/¯, as Markdown takes it
const COMMAND = /^\/(?<name>\p{L}[\p{L}\p{N}_-]*)(?:\s+(?<argument>[^]*))?$/u;

/** What can be written instead of a message. @type {{name: string, argument: string, does: string}[]} */
export const COMMANDS = [
  { name: "me", argument: "waves", does: "Say what you do" },
  { name: "nick", argument: "new name", does: "Change your name" },
  { name: "topic", argument: "what it is about", does: "Set the room’s topic, or clear it" },
  { name: "shrug", argument: "text", does: "Add ¯\\_(ツ)_/¯ to a message" },
  { name: "help", argument: "", does: "Show what can be done here" },
];

/**
 * @typedef {{kind: "text" | "action", text: string}} Words  to be said
 * @typedef {{kind: "nick", name: string} | {kind: "topic", topic: string} | {kind: "help"}} Command
 * @typedef {{kind: "refused" | "unknown", name: string, detail: string}} Refusal  with a word on why
 */

const readers = {
  me: (text) => (text ? { kind: "action", text } : refused("me", "Say what you do, as in “/me waves”.")),
  nick: (name) => (name ? { kind: "nick", name } : refused("nick", "Say which name, as in “/nick Ada”.")),
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
  const way = `To send a line that begins with a slash, write //${name}.`;
  return { kind: "unknown", name, detail: `There is no command /${name}, only ${known}. ${way}` };
}
