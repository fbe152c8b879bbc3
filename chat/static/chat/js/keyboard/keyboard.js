import { gettext } from "../lib/i18n.js";
import { element } from "../ui/dom.js";

export const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** The event property of the modifier that commands use. On a Mac, Control moves the caret. */
export const MODIFIER = IS_MAC ? "metaKey" : "ctrlKey";

/** The key's Latin letter, also on keyboards of other scripts. */
export const latinLetter = ({ key, code }) =>
  /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase();

/** Whether an input method handles the key. Safari ends a composition before its last Enter, but marks that 229. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

const LABELS = {
  Mod: () => (IS_MAC ? "⌘" : gettext("Ctrl")),
  Alt: () => (IS_MAC ? "⌥" : gettext("Alt")),
  Shift: () => (IS_MAC ? "⇧" : gettext("Shift")),
  Enter: () => gettext("Enter"),
  Escape: () => gettext("Esc"),
  Up: () => "↑",
  Down: () => "↓",
};

const labels = (keys) => keys.split("+").map((key) => LABELS[key]?.() ?? key);

/** The text for a key combination on this machine. @param {string} keys  like "Mod+K" */
export const keyLabel = (keys) => labels(keys).join(IS_MAC ? "" : "+");

/** The element for a key combination. @param {string} keys  @returns {HTMLElement} */
export const keyElement = (keys) => element("kbd", "", ...labels(keys).map((label) => element("kbd", "", label)));
