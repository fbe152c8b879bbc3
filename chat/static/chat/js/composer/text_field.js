/** @param {HTMLTextAreaElement} field  @returns {import("./markdown_editing.js").State} */
export const fieldState = (field) => ({ text: field.value, start: field.selectionStart, end: field.selectionEnd });

/**
 * Changes a field's text and selection as typing would, so that the browser's undo works.
 * @param {HTMLTextAreaElement} field
 * @param {import("./markdown_editing.js").State} state
 */
export function setFieldState(field, { text, start, end }) {
  const { from, to, inserted } = difference(field.value, text);
  field.focus();
  field.setSelectionRange(from, to);
  // Only execCommand keeps the undo history. It is deprecated, and every browser has it.
  const command = inserted ? "insertText" : "delete";
  if (field.value !== text && !document.execCommand(command, false, inserted)) {
    field.setRangeText(inserted, from, to);
    dispatchInput(field, inserted);
  }
  field.setSelectionRange(start, end);
}

/**
 * Replaces the text from `from` to the caret. A space after the caret is not doubled.
 * @param {HTMLTextAreaElement} field
 * @param {number} from
 * @param {string} text
 */
export function replaceBeforeCaret(field, from, text) {
  const { text: old, start: to } = fieldState(field);
  const after = text.endsWith(" ") && old[to] === " " ? to + 1 : to;
  const caret = from + text.length;
  setFieldState(field, { text: old.slice(0, from) + text + old.slice(after), start: caret, end: caret });
}

/** Inserts a text in place of the selection, as typing would. @param {HTMLTextAreaElement} field  @param {string} text */
export function insertAtCaret(field, text) {
  const { text: old, start, end } = fieldState(field);
  const caret = start + text.length;
  setFieldState(field, { text: old.slice(0, start) + text + old.slice(end), start: caret, end: caret });
}

/** The same without focusing the field, and without undo. @param {HTMLTextAreaElement} field  @param {string} text */
export function insertWithoutFocus(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  dispatchInput(field, text);
}

function dispatchInput(field, data) {
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data }));
}

/** The smallest range of the old text whose replacement gives the new one. */
function difference(old, text) {
  const shorter = Math.min(old.length, text.length);
  let from = 0;
  while (from < shorter && old[from] === text[from]) {
    from += 1;
  }
  let tail = 0;
  while (tail < shorter - from && old.at(-1 - tail) === text.at(-1 - tail)) {
    tail += 1;
  }
  from -= splitsPair(text, from) || splitsPair(old, from) ? 1 : 0;
  tail -= splitsPair(text, text.length - tail) || splitsPair(old, old.length - tail) ? 1 : 0;
  return { from, to: old.length - tail, inserted: text.slice(from, text.length - tail) };
}

/** Whether an index lies inside a surrogate pair. */
const splitsPair = (text, index) => text.codePointAt(index - 1) > 0xffff;
