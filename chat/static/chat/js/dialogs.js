import { element } from "./dom.js";
import { COMMANDS } from "./commands.js";

/** Asks before something that cannot be undone. @returns {Promise<boolean>} */
export function confirmed(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** What can be done here: commands, and how to write. */
export function openHelp() {
  const dialog = document.querySelector("[data-help-dialog]");
  const rows = COMMANDS.flatMap(({ name, argument, does }) => [
    element("dt", "", `/${name} ${argument}`.trim()),
    element("dd", "", does),
  ]);
  dialog.querySelector("[data-help-commands]").replaceChildren(...rows);
  dialog.showModal();
}
