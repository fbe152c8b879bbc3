import { stateOf, writeBefore } from "./text_field.js";

const SHORTCODE = /(?<![\p{L}\p{N}_:/]):(?<name>[a-z0-9_+-]+):$/iu;
const TYPED = new Set(["insertText", "insertCompositionText"]); // who undoes it wants the name, not the emoji again

/**
 * Lets the colon that ends the name of an emoji make it one.
 * @param {HTMLTextAreaElement} field
 * @param {import("../lib/emoji.js").EmojiNames} names
 */
export function takeShortcodes(field, names) {
  field.addEventListener("input", async ({ inputType, data }) => {
    const { text, start } = stateOf(field);
    const shortcode = SHORTCODE.exec(text.slice(0, start));
    if (!shortcode || !TYPED.has(inputType) || !data?.endsWith(":")) {
      return;
    }
    const emoji = await names.find(shortcode.groups.name.toLowerCase());
    if (emoji && field.value === text && field.selectionStart === start) {
      writeBefore(field, shortcode.index, emoji);
    }
  });
}
