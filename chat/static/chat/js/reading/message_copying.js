import { gettext } from "../lib/i18n.js";
import { copyText } from "../ui/clipboard.js";

/** @param {{seq: number}} message  @param {import("../ui/toast.js").Toast} toast */
export async function copyMessageLink({ seq }, toast) {
  const { href } = new URL(`#${seq}`, location);
  if (await copyText(href)) {
    toast.show(gettext("Link copied."));
  } else {
    prompt(gettext("Link to this message:"), href);
  }
}

/** @param {{text: string}} message  @param {import("../ui/toast.js").Toast} toast */
export async function copyMessageText({ text }, toast) {
  toast.show((await copyText(text)) ? gettext("Text copied.") : gettext("Your browser does not allow copying."));
}
