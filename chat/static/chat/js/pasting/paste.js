import { isInCode } from "../composer/code_at_caret.js";
import { fieldState, setFieldState } from "../composer/text_field.js";
import { pastedMarkdown } from "./pasted_markdown.js";

const TYPES = ["text/html", "text/plain", "vscode-editor-data"];

/**
 * Pastes HTML as Markdown where that says more than the text, and not into code. The browser pastes the text on
 * Ctrl+Shift+V.
 * @param {HTMLTextAreaElement} field
 */
export function handlePaste(field) {
  field.addEventListener("paste", (event) => event.defaultPrevented || paste(field, event));
}

function paste(field, event) {
  const state = fieldState(field);
  const [html, text, editor] = TYPES.map((type) => event.clipboardData.getData(type));
  const pasted = html && !isInCode(state) && pastedMarkdown({ html, text, editor });
  if (pasted) {
    event.preventDefault();
    setFieldState(field, withPasted(state, pasted));
  }
}

/** A list, a quote, code and a table start on a line of their own. */
function withPasted({ text, start, end }, { markdown, startsLine }) {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  const inserted = (startsLine && /[^\n]$/.test(before) ? "\n" : "") + markdown;
  const lineEnd = startsLine && /^[^\n]/.test(after) ? "\n" : "";
  const caret = start + inserted.length;
  return { text: before + inserted + lineEnd + after, start: caret, end: caret };
}
