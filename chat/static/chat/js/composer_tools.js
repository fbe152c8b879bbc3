import { handleFormattingKeys } from "./composer/formatting_keys.js";
import { replaceShortcodes } from "./composer/emoji_shortcodes.js";
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
  const emoji = new EmojiNames(emojiUrl);
  handleFormattingKeys(field); // before handlePaste: a URL pasted over a selection links it
  handlePaste(field);
  replaceShortcodes(field, emoji);
  return { emoji, emojiPicker: new EmojiPicker(new EmojiCatalog(emojiNamesUrl, emoji)) };
}
