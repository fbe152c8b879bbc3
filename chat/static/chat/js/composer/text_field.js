/** @param {HTMLTextAreaElement} field  @returns {import("./markup.js").State} */
export const stateOf = (field) => ({ text: field.value, start: field.selectionStart, end: field.selectionEnd });

/**
 * Brings a field to a state as if it was typed, so that it can be undone like that.
 * @param {HTMLTextAreaElement} field
 * @param {import("./markup.js").State} state
 */
export function typeInto(field, { text, start, end }) {
  const { from, to, inserted } = difference(field.value, text);
  field.focus();
  field.setSelectionRange(from, to);
  // No other way keeps the browser's own undo; it is deprecated, and every browser has it.
  const command = inserted ? "insertText" : "delete";
  if (field.value !== text && !document.execCommand(command, false, inserted)) {
    field.setRangeText(inserted, from, to);
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: inserted }));
  }
  field.setSelectionRange(start, end);
}

/**
 * Writes a text in place of what stands from `from` to the caret; a space that follows is not doubled.
 * @param {HTMLTextAreaElement} field
 * @param {number} from
 * @param {string} text
 */
export function writeBefore(field, from, text) {
  const { text: was, start: to } = stateOf(field);
  const after = text.endsWith(" ") && was[to] === " " ? to + 1 : to;
  const caret = from + text.length;
  typeInto(field, { text: was.slice(0, from) + text + was.slice(after), start: caret, end: caret });
}

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
  from -= splits(text, from) || splits(old, from) ? 1 : 0;
  tail -= splits(text, text.length - tail) || splits(old, old.length - tail) ? 1 : 0;
  return { from, to: old.length - tail, inserted: text.slice(from, text.length - tail) };
}

/** Whether a place is in the midst of a character of two halves. */
const splits = (text, place) => text.codePointAt(place - 1) > 0xffff;
