import { gettext, ngettext } from "../lib/i18n.js";

/** @typedef {import("../net/protocol.js").SentFile} SentFile */

/** Whether a file is shown as a picture: those alone have a width and a height. @param {SentFile} file */
export const isPicture = ({ width, height }) => width > 0 && height > 0;

/**
 * The files of a message in a few words: "Picture", "3 pictures", or a name.
 * @param {SentFile[]} files  at least one
 */
export function filesText(files) {
  const [{ alt, name }] = files;
  const { length } = files;
  if (!files.every(isPicture)) {
    return length > 1 ? ngettext("%(count)s file", "%(count)s files", length) : name;
  }
  return length === 1 && alt ? gettext("Picture: %(text)s", { text: alt }) : ngettext("Picture", "%(count)s pictures", length);
}

/** A text, and in a few words the files that come with it. @param {string} text  @param {SentFile[]} [files] */
export function withFiles(text, files = []) {
  const shown = files.length ? filesText(files) : "";
  return text && shown ? gettext("%(text)s (%(files)s)", { text, files: shown }) : text || shown;
}
