import { latinLetter, MODIFIER } from "../keyboard/keyboard.js";
import { continueList, makeLink, pasteLink, toggleMark } from "./markdown_editing.js";
import { fieldState, setFieldState } from "./text_field.js";

const MARKS = { b: "**", i: "_", e: "`" };

/**
 * Handles the keys that write Markdown: Ctrl (⌘) with B, I, E or K; Shift+Enter in a list; a URL pasted over a
 * selection.
 * @param {HTMLTextAreaElement} field
 */
export function handleFormattingKeys(field) {
  field.addEventListener("keydown", (event) => apply(field, event, formatted(event, fieldState(field))));
  field.addEventListener("paste", (event) => {
    apply(field, event, pasteLink(fieldState(field), event.clipboardData.getData("text/plain")));
  });
}

function apply(field, event, state) {
  if (state && !event.defaultPrevented) {
    event.preventDefault();
    setFieldState(field, state);
  }
}

/** The state that a key leads to; null if it formats nothing. */
function formatted(event, state) {
  if (event.isComposing || event.altKey) {
    return null; // AltGr is Ctrl+Alt, and types characters
  }
  if (event.shiftKey) {
    return event.key === "Enter" ? continueList(state) : null;
  }
  if (!event[MODIFIER]) {
    return null;
  }
  const letter = latinLetter(event);
  if (letter === "k") {
    return state.start < state.end ? makeLink(state) : null; // without a selection the key finds a room
  }
  return Object.hasOwn(MARKS, letter) ? toggleMark(state, MARKS[letter]) : null;
}
