import { EmojiNames } from "./lib/emoji_names.js";
import { ReactionPicker } from "./messages/reaction_picker.js";
import { NameDialog } from "./people/name_dialog.js";
import { RoomMenu } from "./rooms/room_menu.js";
import { RoomSwitcher } from "./rooms/room_switcher.js";
import { enableShareForms } from "./rooms/share_view.js";
import { HelpDialog } from "./ui/help_dialog.js";
import { ThemeChoice } from "./ui/theme_choice.js";

/** @typedef {ReturnType<typeof createViews>} Views */

/**
 * Creates what a room shows only when asked to. It is a script of its own: see room_page/on_demand_views.js.
 * @param {object} context
 * @param {import("./rooms/rooms.js").Rooms} context.rooms
 * @param {string} context.emojiUrl
 * @param {(name: string) => void} context.onRename
 * @param {(detail: string) => void} context.onError
 * @param {(room: {id: string}) => void} context.onLeft  I have left a room
 */
export function createViews({ rooms, emojiUrl, onRename, onError, onLeft }) {
  const emoji = new EmojiNames(emojiUrl);
  new ThemeChoice();
  enableShareForms();
  return {
    emoji,
    helpDialog: new HelpDialog(),
    nameDialog: new NameDialog(onRename),
    reactionPicker: new ReactionPicker(emoji),
    roomMenu: new RoomMenu(onError, onLeft),
    roomSwitcher: new RoomSwitcher(rooms),
  };
}
