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

/**
 * Copies a text as it was written, and the addresses of files below it.
 * @param {import("../net/protocol.js").Message} message
 * @param {import("../ui/toast.js").Toast} toast
 */
export async function copyMessageText({ text, files = [] }, toast) {
  const lines = [text, ...files.map(({ url }) => new URL(url, location).href)].filter(Boolean);
  toast.show((await copyText(lines.join("\n"))) ? gettext("Text copied.") : gettext("Your browser does not allow copying."));
}
