import { isInCode } from "./composer/code_at_caret.js";
import { replaceShortcodes } from "./composer/emoji_shortcodes.js";
import { handleFormattingKeys } from "./composer/formatting_keys.js";
import { runCommand } from "./commands/slash_commands.js";
import { fieldState } from "./composer/text_field.js";
import { EmojiCatalog } from "./emoji/emoji_catalog.js";
import { EmojiNames } from "./emoji/emoji_names.js";
import { EmojiPicker } from "./emoji/emoji_picker.js";
import { handlePaste } from "./pasting/paste.js";

/**
 * Creates what the composer needs only sometimes. It is a script of its own: see room_page/on_demand_views.js.
 * @param {{emojiUrl: string, emojiNamesUrl: string}} context
 */
export function createComposerTools({ emojiUrl, emojiNamesUrl }) {
  const field = document.querySelector("#chat-message-input");
  const names = new EmojiNames(emojiUrl);
  const emoji = {
    search: (query, limit) => (isInCode(fieldState(field)) ? [] : names.search(query, limit)),
    find: (shortcode) => names.find(shortcode),
  };
  handleFormattingKeys(field); // before handlePaste: a URL pasted over a selection links it
  handlePaste(field);
  replaceShortcodes(field, names);
  return { emoji, runCommand, emojiPicker: new EmojiPicker(new EmojiCatalog(emojiNamesUrl, names)) };
}
