import { gettext } from "../lib/i18n.js";
import { copyText } from "../ui/clipboard.js";
import { icon } from "../ui/dom.js";
import { COPY } from "../messages/code_blocks.js";

const COPIED = "M5 13l4.5 4.5L19 7";
const COPIED_MS = 2_000;

/** Copies the code of a button's block. @param {HTMLElement} button  @param {import("../ui/toast.js").Toast} toast */
export async function copyCode(button, toast) {
  if (!(await copyText(codeOf(button.closest(".code-block")).replace(/\n$/, "")))) {
    toast.show(gettext("Your browser does not allow copying."));
    return;
  }
  toast.show(gettext("Code copied."));
  button.replaceChildren(icon(COPIED));
  setTimeout(() => button.replaceChildren(icon(COPY)), COPIED_MS);
}

/** The fold of a message may divide a block: the second part has no button. */
function codeOf(block) {
  const blocks = [...block.closest(".message-text").querySelectorAll(".code-block")];
  const next = blocks[blocks.indexOf(block) + 1];
  return block.textContent + (next && !next.querySelector(".copy-code") ? next.textContent : "");
}
