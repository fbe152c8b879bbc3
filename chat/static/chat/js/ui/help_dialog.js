import { COMMANDS } from "../composer/command_list.js";
import { singleKeyShortcuts } from "../keyboard/global_shortcuts.js";
import { keyElement } from "../keyboard/keyboard.js";
import { shortcutList } from "../keyboard/shortcut_list.js";
import { KEEPER_COMMANDS } from "../moderation/keeper_commands.js";
import { keepsRooms } from "../people/is_me.js";
import { element } from "./dom.js";

/** The dialog that lists keys, commands and Markdown. */
export class HelpDialog {
  #me;
  #dialog = document.querySelector("[data-help-dialog]");
  #singleKeys = document.querySelector("[data-single-keys]");

  /** @param {{role: ?string}} me */
  constructor(me) {
    this.#me = me;
    this.#singleKeys.addEventListener("change", () => (singleKeyShortcuts.enabled = this.#singleKeys.checked));
  }

  open() {
    const keys = shortcutList().map(([alternatives, description]) => [alternatives.map(keyElement), description]);
    const all = [...COMMANDS, ...(keepsRooms(this.#me) ? KEEPER_COMMANDS : [])];
    const commands = all.map(({ name, argument, description }) => [
      [element("code", "", `/${name} ${argument}`.trim())],
      description,
    ]);
    this.#fill("[data-help-keys]", keys);
    this.#fill("[data-help-commands]", commands);
    this.#singleKeys.checked = singleKeyShortcuts.enabled;
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  #fill(selector, rows) {
    const nodes = rows.flatMap(([terms, description]) => [element("dt", "", ...terms), element("dd", "", description)]);
    this.#dialog.querySelector(selector).replaceChildren(...nodes);
  }
}
