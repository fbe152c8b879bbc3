import { gettext } from "../lib/i18n.js";

/** The slash commands of those who moderate a room. @type {{name: string, argument: string, description: string}[]} */
export const KEEPER_COMMANDS = [
  { name: "mute", argument: gettext("name 10m reason"), description: gettext("Let somebody only read, for 10m, 1h or 1d") },
  { name: "unmute", argument: gettext("name"), description: gettext("Let them write again") },
  { name: "ban", argument: gettext("name 1d reason"), description: gettext("Keep somebody out of this room") },
  { name: "unban", argument: gettext("name"), description: gettext("Let them come back") },
  { name: "remove", argument: gettext("name"), description: gettext("Remove somebody from this room") },
  { name: "lock", argument: gettext("reason"), description: gettext("Let only moderators write") },
  { name: "unlock", argument: "", description: gettext("Let everybody write again") },
  { name: "slow", argument: "30s", description: gettext("Set how long people wait between two messages; “off” ends it") },
];

/** Those of whom a command is about. */
export const ABOUT_PEOPLE = /^(?:mute|unmute|ban|unban|remove)$/;
