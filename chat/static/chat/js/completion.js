import { commands, emoji, mentions } from "./composer/completion_sources.js";
import { CompletionView } from "./composer/completion_view.js";

/**
 * Creates what completes words in the composer. It is a script of its own: see room_page/on_demand_views.js.
 * @param {object} context
 * @param {() => boolean} context.areCommands  whether what is typed may be a command
 * @param {Pick<import("./emoji/emoji_names.js").EmojiNames, "search" | "find">} context.emoji
 * @param {(query: string) => {id: string, name: string, note?: string}[]} context.searchPeople
 * @param {(id: string) => number} context.avatarColor  of the page: importing avatar_colors.js here would make a copy
 */
export function createCompletion({ areCommands, emoji: names, searchPeople, avatarColor }) {
  const field = document.querySelector("#chat-message-input");
  const sources = [commands(areCommands), emoji(names), mentions(searchPeople, avatarColor)];
  return new CompletionView(field, document.querySelector("[data-completion]"), sources);
}
