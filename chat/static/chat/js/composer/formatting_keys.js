import { letter, MODIFIER } from "../keyboard/keyboard.js";
import { continueList, link, pasteLink, wrap } from "./markup.js";
import { stateOf, typeInto } from "./text_field.js";

const MARKS = { b: "**", i: "_", e: "`" };

/**
 * Lets a field be formatted by keys: Ctrl (⌘) with B, I, E or K, Shift+Enter in a list, and a link that is
 * pasted over what is selected.
 * @param {HTMLTextAreaElement} field
 */
export function takeFormattingKeys(field) {
  field.addEventListener("keydown", (event) => change(field, event, pressed(event, stateOf(field))));
  field.addEventListener("paste", (event) => {
    change(field, event, pasteLink(stateOf(field), event.clipboardData.getData("text/plain")));
  });
}

function change(field, event, state) {
  if (state && !event.defaultPrevented) {
    event.preventDefault();
    typeInto(field, state);
  }
}

function pressed(event, state) {
  if (event.isComposing || event.altKey) {
    return null; // AltGr is Ctrl+Alt: it writes letters
  }
  if (event.shiftKey) {
    return event.key === "Enter" ? continueList(state) : null;
  }
  if (!event[MODIFIER]) {
    return null;
  }
  const key = letter(event);
  if (key === "k") {
    return state.start < state.end ? link(state) : null; // with nothing selected the key is free for others
  }
  return Object.hasOwn(MARKS, key) ? wrap(state, MARKS[key]) : null;
}
