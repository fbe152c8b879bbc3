import { gettext } from "../lib/i18n.js";

/**
 * All keys there are, for the help. What they do is where they work: in the composer (composer_view.js,
 * formatting_keys.js), on a message (actions_view.js), anywhere (keys.js).
 * @returns {[string[], string][]}  keys, any of which does it, and what they do
 */
export const shortcuts = () => [
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
