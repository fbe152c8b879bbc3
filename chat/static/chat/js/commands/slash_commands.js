import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { loadScript } from "../room_page/load_script.js";

/**
 * Runs a command that was typed.
 * @param {import("./parse.js").Command | import("./parse.js").Unknown} command
 * @param {object} page
 * @param {import("../room_page/model.js").Model} page.model
 * @param {ReturnType<typeof import("../room_page/post.js").createPost>} page.post
 * @param {import("../room_page/create_dialogs.js").Dialogs} page.dialogs
 * @param {import("../ui/toast.js").Toast} page.toast
 * @param {import("./declared_commands.js").DeclaredCommands} page.declared
 * @returns {Promise<?string>} why it failed, if it did. What is typed for a bot is to be sent
 */
export const runCommand = async (command, page) => COMMANDS[command.kind](command, page);

const COMMANDS = {
  nick: ({ name }, { dialogs }) => dialogs.rename(name),
  msg: ({ to }, { model }) => runIn(() => import("../direct.js"), (script) => script.messagePerson(to, model)),
  moderate: (command, { model, toast }) => runIn(() => import("../moderation.js"), (script) => script.runTyped(command, model, toast)),
  unknown: async ({ name, detail }, { declared }) => ((await declared.has(name)) ? null : detail),
  topic({ topic }, { post }) {
    post(topic, { kind: "topic", replyTo: null });
    return null;
  },
  search({ search }) {
    location.assign(`${indexPath}chat/search?${new URLSearchParams({ q: search })}`);
    return null;
  },
  help(_, { dialogs }) {
    dialogs.openHelp();
    return null;
  },
};

/** Runs a command in a script that is loaded for it. */
async function runIn(load, run) {
  const script = await loadScript(load);
  return script ? run(script) : gettext("This could not be loaded. Try again in a moment.");
}
