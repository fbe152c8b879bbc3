import { isInCode } from "./code_at_caret.js";
import { fieldState, replaceBeforeCaret } from "./text_field.js";

const SHORTCODE = /(?<![\p{L}\p{N}_:/\\]):(?<name>[a-z0-9_+-]+):$/iu;
const TYPED = new Set(["insertText", "insertCompositionText"]); // not undo, which restores the shortcode

/**
 * Replaces a shortcode like ":tada:" by its emoji when the second colon is typed, except in code.
 * @param {HTMLTextAreaElement} field
 * @param {import("../emoji/emoji_names.js").EmojiNames} names
 */
export function replaceShortcodes(field, names) {
  field.addEventListener("input", ({ inputType, data }) => {
    if (TYPED.has(inputType) && data?.endsWith(":")) {
      replaceShortcode(field, names);
    }
  });
  document.activeElement === field && replaceShortcode(field, names); // typed before this script was loaded
}

async function replaceShortcode(field, names) {
  const { text, start } = fieldState(field);
  const shortcode = !isInCode(fieldState(field)) && SHORTCODE.exec(text.slice(0, start));
  const emoji = shortcode && (await names.find(shortcode.groups.name));
  if (emoji && field.value === text && field.selectionStart === start) {
    replaceBeforeCaret(field, shortcode.index, emoji);
  }
}
