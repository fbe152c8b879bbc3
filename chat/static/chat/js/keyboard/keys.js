import { composes, letter, MODIFIER } from "./keyboard.js";
import { keep, kept } from "../lib/kept.js";

const OFF = "lobby single keys off";
const WRITES = "input, textarea, select, [contenteditable]";
const OVERLAYS = "dialog[open], :popover-open";

/**
 * Single characters as keys: "?", and letters that lead to the composer. They can be switched off, as
 * speech input and unsteady hands press them unmeant (WCAG 2.2, 2.1.4).
 */
export const singleKeys = {
  get areOn() {
    return kept(OFF) !== "off";
  },
  set areOn(areOn) {
    keep(OFF, areOn ? "" : "off");
  },
};

/**
 * @typedef {object} KeyActions
 * @property {() => void} switchRooms
 * @property {() => void} help
 * @property {() => void} write  to go to the composer
 * @property {(() => boolean)[]} closers  each closes what it has open, and says whether it had; the innermost first
 */

/**
 * The keys that work anywhere on the page. What a field or a message makes of a key comes first.
 * @param {KeyActions} actions
 */
export function takeKeys(actions) {
  addEventListener("keydown", (event) => {
    if (!event.defaultPrevented && !composes(event)) {
      pressed(event, actions);
    }
  });
}

function pressed(event, actions) {
  if (isSwitch(event)) {
    event.preventDefault(); // browsers search with it
    isElsewhere() || actions.switchRooms();
  } else if (document.querySelector(OVERLAYS)) {
    return; // it has keys of its own, and the browser closes it
  } else if (event.key === "Escape") {
    actions.closers.some((close) => close()) && event.preventDefault();
  } else if (isSingle(event)) {
    single(event, actions);
  }
}

function single(event, { help, write }) {
  if (event.key === "?") {
    event.preventDefault();
    help();
  } else if (/^[\p{L}\p{N}]$/u.test(event.key) && isNothing(event.target)) {
    write(); // in time for the letter to be written there
  }
}

/** In a dialog that is to be answered first. */
const isElsewhere = () => document.querySelector("dialog[open]:not([data-switcher])") !== null;

const isSwitch = (event) => event[MODIFIER] && !event.shiftKey && !event.altKey && letter(event) === "k";

function isSingle({ target, ctrlKey, metaKey, altKey }) {
  return singleKeys.areOn && !ctrlKey && !metaKey && !altKey && !target.closest(WRITES);
}

/** Whoever has reached something by keyboard stays there; the timeline takes the focus at any click. */
const isNothing = (target) => target === document.body || target.id === "chat-log";
