import { readStorage, writeStorage } from "../lib/storage.js";
import { IS_MAC, isComposing, latinLetter, MODIFIER } from "./keyboard.js";

const DISABLED = "lobby single keys off";
const FIELDS = "input, textarea, select, [contenteditable]";
const OVERLAYS = "dialog[open], :popover-open";
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

/**
 * Shortcuts of a single character: "?", and letters that go to the composer. They can be disabled, because speech
 * input and unsteady hands trigger them by accident (WCAG 2.2, 2.1.4).
 */
export const singleKeyShortcuts = {
  get enabled() {
    return readStorage(DISABLED) !== "off";
  },
  set enabled(enabled) {
    writeStorage(DISABLED, enabled ? "" : "off");
  },
};

/**
 * @typedef {object} ShortcutActions
 * @property {() => void} switchRooms
 * @property {(step: 1|-1, options: {unread: boolean}) => void} stepRoom
 * @property {() => void} openHelp
 * @property {() => void} focusComposer
 * @property {(() => boolean)[]} closers  for Escape, innermost first; each returns whether it had something to close
 */

/**
 * Handles the shortcuts that work anywhere on the page. Handlers of fields and messages come first.
 * @param {ShortcutActions} actions
 */
export function handleGlobalShortcuts(actions) {
  addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && !isComposing(event)) {
      onKeyDown(event, actions);
    }
  });
}

function onKeyDown(event, actions) {
  if (isSwitchRooms(event)) {
    event.preventDefault(); // browsers search with it
    isOtherDialogOpen() || actions.switchRooms();
  } else if (document.querySelector(OVERLAYS)) {
    return; // an overlay has keys of its own, and the browser closes it
  } else if (isStep(event)) {
    event.preventDefault();
    actions.stepRoom(STEPS[event.key], { unread: event.shiftKey });
  } else if (event.key === "Escape") {
    actions.closers.some((close) => close()) && event.preventDefault();
  } else if (isSingleKey(event)) {
    onSingleKey(event, actions);
  }
}

function onSingleKey(event, { openHelp, focusComposer }) {
  if (event.key === "?") {
    event.preventDefault();
    openHelp();
  } else if (/^[\p{L}\p{N}]$/u.test(event.key) && isUnfocused(event.target)) {
    focusComposer(); // before the browser types the letter
  }
}

const isOtherDialogOpen = () => document.querySelector("dialog[open]:not([data-switcher])") !== null;

const isSwitchRooms = (event) => event[MODIFIER] && !event.shiftKey && !event.altKey && latinLetter(event) === "k";

/** On a Mac, Option and an arrow move by a paragraph in a text, and select it with Shift. */
const isStep = ({ key, altKey, ctrlKey, metaKey, target }) =>
  altKey && !ctrlKey && !metaKey && Object.hasOwn(STEPS, key) && !(IS_MAC && target.matches(FIELDS) && target.value);

function isSingleKey({ target, ctrlKey, metaKey, altKey }) {
  return singleKeyShortcuts.enabled && !ctrlKey && !metaKey && !altKey && !target.closest(FIELDS);
}

/** The timeline counts as unfocused: any click in it focuses it. */
const isUnfocused = (target) => target === document.body || target.id === "chat-log";
