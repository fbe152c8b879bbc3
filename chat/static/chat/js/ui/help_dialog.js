import { offeredCommands } from "../commands/offered_commands.js";
import { singleKeyShortcuts } from "../keyboard/global_shortcuts.js";
import { keyElement } from "../keyboard/keyboard.js";
import { shortcutList } from "../keyboard/shortcut_list.js";
import { element } from "./dom.js";

/** The dialog that lists keys, commands and Markdown. */
export class HelpDialog {
  #me;
  #declared;
  #dialog = document.querySelector("[data-help-dialog]");
  #singleKeys = document.querySelector("[data-single-keys]");

  /**
   * @param {{role: ?string}} me
   * @param {import("../commands/declared_commands.js").DeclaredCommands} declared
   */
  constructor(me, declared) {
    this.#me = me;
    this.#declared = declared;
    this.#singleKeys.addEventListener("change", () => (singleKeyShortcuts.enabled = this.#singleKeys.checked));
  }

  open() {
    const keys = shortcutList().map(([alternatives, description]) => [alternatives.map(keyElement), description]);
    this.#fill("[data-help-keys]", keys);
    this.#showCommands();
    this.#declared.refresh().then((isNew) => isNew && this.#showCommands());
    this.#singleKeys.checked = singleKeyShortcuts.enabled;
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  #showCommands() {
    const commands = offeredCommands(this.#me, this.#declared.all).map(({ name, argument, description }) => [
      [element("code", "", `/${name} ${argument}`.trim())],
      description,
    ]);
    this.#fill("[data-help-commands]", commands);
  }

  #fill(selector, rows) {
    const nodes = rows.flatMap(([terms, description]) => [element("dt", "", ...terms), element("dd", "", description)]);
    this.#dialog.querySelector(selector).replaceChildren(...nodes);
  }
}
