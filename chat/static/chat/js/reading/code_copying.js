import { gettext } from "../lib/i18n.js";
import { copyText } from "../ui/clipboard.js";
import { icon } from "../ui/dom.js";
import { COPY } from "../messages/code_blocks.js";

const COPIED = "M5 13l4.5 4.5L19 7";
const COPIED_MS = 2_000;

/** Copies the code beside a button. @param {HTMLElement} button  @param {import("../ui/toast.js").Toast} toast */
export async function copyCode(button, toast) {
  const code = button.previousElementSibling.textContent.replace(/\n$/, "");
  if (!(await copyText(code))) {
    toast.show(gettext("The browser refuses to copy."));
    return;
  }
  toast.show(gettext("Code copied."));
  button.replaceChildren(icon(COPIED));
  setTimeout(() => button.replaceChildren(icon(COPY)), COPIED_MS);
}
