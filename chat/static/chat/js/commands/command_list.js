import { gettext } from "../lib/i18n.js";
import { SHRUG } from "./shrug.js";

/** The slash commands of parse.js, in its order. @type {{name: string, argument: string, description: string}[]} */
export const COMMANDS = [
  { name: "me", argument: gettext("waves"), description: gettext("Describe what you are doing") },
  { name: "nick", argument: gettext("new name"), description: gettext("Change your name") },
  { name: "msg", argument: gettext("name text"), description: gettext("Write to somebody alone") },
  { name: "topic", argument: gettext("new topic"), description: gettext("Set or remove the room’s topic") },
  { name: "search", argument: gettext("words"), description: gettext("Search all your rooms") },
  { name: "shrug", argument: gettext("text"), description: gettext("Add %(shrug)s to a message", { shrug: SHRUG }) },
  { name: "help", argument: "", description: gettext("Show the help") },
];
