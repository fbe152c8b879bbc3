import { element } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Of an event: whether the key is held that goes with commands. A Mac's Control moves the caret. */
export const MODIFIER = IS_MAC ? "metaKey" : "ctrlKey";

/** The key's Latin letter, also where the keyboard writes others. */
export const letter = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase());

/** Whether a key belongs to a word that an input method writes. Safari ends it before the Enter that does, marked 229. */
export const composes = (event) => event.isComposing || event.keyCode === 229;

const NAMES = {
  Mod: () => (IS_MAC ? "⌘" : gettext("Ctrl")),
  Shift: () => (IS_MAC ? "⇧" : gettext("Shift")),
  Enter: () => gettext("Enter"),
  Escape: () => gettext("Esc"),
  Up: () => "↑",
  Down: () => "↓",
};

const names = (keys) => keys.split("+").map((key) => NAMES[key]?.() ?? key);

/** Keys by the names they have on this machine. @param {string} keys  like "Mod+K" */
export const combination = (keys) => names(keys).join(IS_MAC ? "" : "+");

/** The same, as they are shown. @param {string} keys  @returns {HTMLElement} */
export const keyNode = (keys) => element("kbd", "", ...names(keys).map((name) => element("kbd", "", name)));
