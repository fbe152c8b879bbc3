import { gettext } from "../lib/i18n.js";
import { IS_MAC } from "./keyboard.js";

/**
 * All keys, for the help dialog. They are handled in composer_view.js, formatting_keys.js, message_actions.js,
 * roving_focus.js, global_shortcuts.js, search_keys.js and room_steps.js.
 * @returns {[string[], string][]}  alternative keys, and what they do
 */
export const shortcutList = () => [
  [["Mod+F"], gettext("Search this room; once more: the browser’s own search")],
  [["Mod+K"], gettext("Find a room")],
  [["Alt+Up", "Down"], stepDescription()],
  [["Alt+Shift+Up", "Down"], gettext("Go to the previous or next unread room")],
  [["Enter"], gettext("Send")],
  [["Shift+Enter"], gettext("New line")],
  [["Up"], gettext("Edit your last message, if the message field is empty")],
  [["Mod+B"], gettext("Bold")],
  [["Mod+I"], gettext("Italic")],
  [["Mod+E"], gettext("Code")],
  [["Mod+K"], gettext("Turn the selected text into a link")],
  [["Mod+Shift+V"], gettext("Paste without formatting")],
  [["Up", "Down"], gettext("In the timeline: move between messages")],
  [["Enter"], gettext("On a message: open its menu")],
  [["R", "E"], gettext("On a message: reply, edit")],
  [["Escape"], gettext("Close a dialog or menu, cancel a reply or edit, go back to the message field")],
  [["?"], gettext("Show this help")],
];

const stepDescription = () =>
  IS_MAC
    ? gettext("Go to the previous or next room, if the message field is empty")
    : gettext("Go to the previous or next room");
