import { fieldState, replaceBeforeCaret } from "./text_field.js";

const SHORTCODE = /(?<![\p{L}\p{N}_:/\\]):(?<name>[a-z0-9_+-]+):$/iu;
const TYPED = new Set(["insertText", "insertCompositionText"]); // not undo, which restores the shortcode

/**
 * Replaces a shortcode like ":tada:" by its emoji when the second colon is typed.
 * @param {HTMLTextAreaElement} field
 * @param {import("../emoji/emoji_names.js").EmojiNames} names
 */
export function replaceShortcodes(field, names) {
  field.addEventListener("input", async ({ inputType, data }) => {
    const { text, start } = fieldState(field);
    const shortcode = SHORTCODE.exec(text.slice(0, start));
    if (!shortcode || !TYPED.has(inputType) || !data?.endsWith(":")) {
      return;
    }
    const emoji = await names.find(shortcode.groups.name);
    if (emoji && field.value === text && field.selectionStart === start) {
      replaceBeforeCaret(field, shortcode.index, emoji);
    }
  });
}
