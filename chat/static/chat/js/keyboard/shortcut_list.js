import { gettext } from "../lib/i18n.js";

/**
 * All keys, for the help dialog. They are handled in composer_view.js, formatting_keys.js, message_actions.js,
 * roving_focus.js and global_shortcuts.js.
 * @returns {[string[], string][]}  alternative keys, and what they do
 */
export const shortcutList = () => [
  [["Mod+K"], gettext("Find a room")],
  [["Enter"], gettext("Send")],
  [["Shift+Enter"], gettext("A new line")],
  [["Up"], gettext("Edit your last message, while you have written nothing")],
  [["Mod+B"], gettext("Bold")],
  [["Mod+I"], gettext("Italic")],
  [["Mod+E"], gettext("Code")],
  [["Mod+K"], gettext("Make a link of what is selected")],
  [["Up", "Down"], gettext("In the timeline: from message to message")],
  [["Enter"], gettext("On a message: what can be done with it")],
  [["R", "E"], gettext("On a message: reply, edit")],
  [["Escape"], gettext("Close what is open, leave a reply or an edit, go back to writing")],
  [["?"], gettext("This help")],
];
