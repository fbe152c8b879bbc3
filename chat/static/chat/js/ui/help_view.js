import { COMMANDS } from "../composer/commands.js";
import { element } from "./dom.js";
import { keyNode } from "../keyboard/keyboard.js";
import { singleKeys } from "../keyboard/keys.js";
import { shortcuts } from "../keyboard/shortcuts.js";

/** What can be done here: keys, commands, and how to write. */
export class HelpView {
  #dialog = document.querySelector("[data-help-dialog]");
  #singleKeys = document.querySelector("[data-single-keys]");

  constructor() {
    document.querySelector("[data-help]").addEventListener("click", () => this.open());
    this.#singleKeys.addEventListener("change", () => (singleKeys.areOn = this.#singleKeys.checked));
  }

  open() {
    const keys = shortcuts().map(([alternatives, does]) => [alternatives.map(keyNode), does]);
    const commands = COMMANDS.map(({ name, argument, does }) => [[element("code", "", `/${name} ${argument}`.trim())], does]);
    this.#list("[data-help-keys]", keys);
    this.#list("[data-help-commands]", commands);
    this.#singleKeys.checked = singleKeys.areOn;
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  #list(place, rows) {
    const nodes = rows.flatMap(([terms, does]) => [element("dt", "", ...terms), element("dd", "", does)]);
    this.#dialog.querySelector(place).replaceChildren(...nodes);
  }
}
