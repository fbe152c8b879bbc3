import { isolate } from "../lib/isolate.js";
import { KEEPER_COMMANDS } from "../moderation/keeper_commands.js";
import { keepsRooms } from "../people/is_me.js";
import { COMMANDS } from "./command_list.js";

const OWN = new Set([...COMMANDS, ...KEEPER_COMMANDS].map(({ name }) => name));

/**
 * The page's commands that somebody may use, and those of bots whose names it does not have itself.
 * @param {{role: ?string}} me
 * @param {import("./declared_commands.js").DeclaredCommand[]} declared
 * @returns {{name: string, argument: string, description: string}[]}
 */
export function offeredCommands(me, declared) {
  const ofBots = declared.filter(({ name }) => !OWN.has(name)).map(({ name, hint, description, bot }) => ({
    name,
    argument: isolate(hint),
    description: [description, bot].filter(Boolean).map(isolate).join(" · "),
  }));
  return [...COMMANDS, ...(keepsRooms(me) ? KEEPER_COMMANDS : []), ...ofBots];
}
