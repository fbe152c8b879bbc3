import { commands, emoji, mentions, people } from "./composer/completion_sources.js";
import { CompletionView } from "./composer/completion_view.js";
import { DeclaredCommands } from "./commands/declared_commands.js";
import { offeredCommands } from "./commands/offered_commands.js";

/** Those of this room's bots. */
export const declared = new DeclaredCommands();

/**
 * Creates what completes words in the composer. It is a script of its own: see room_page/on_demand_views.js.
 * @param {object} context
 * @param {{role: ?string}} context.me
 * @param {() => boolean} context.areCommands  whether what is typed may be a command
 * @param {Pick<import("./emoji/emoji_names.js").EmojiNames, "search" | "find">} context.emoji
 * @param {(query: string) => {id: string, name: string, note?: string}[]} context.searchPeople
 * @param {(id: string) => number} context.avatarColor  of the page: importing avatar_colors.js here would make a copy
 */
export function createCompletion({ me, areCommands, emoji: names, searchPeople, avatarColor }) {
  const field = document.querySelector("#chat-message-input");
  const offered = () => {
    declared.refresh().then((isNew) => isNew && view.update());
    return offeredCommands(me, declared.all);
  };
  const ofCommands = [commands(areCommands, offered), people(areCommands, searchPeople, avatarColor)];
  const sources = [...ofCommands, emoji(names), mentions(searchPeople, avatarColor)];
  const view = new CompletionView(field, document.querySelector("[data-completion]"), sources);
  return view;
}
