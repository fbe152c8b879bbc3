import { fileSize } from "../files/file_size.js";
import { gettext, ngettext } from "../lib/i18n.js";

/**
 * @typedef {{count: number, bytes: number, allowed: boolean}} FileBounds  how many files a message may have, how large
 *   each may be, and whether I may send any
 */

/** What the server put into the page. @returns {FileBounds} */
export const readFileBounds = () => JSON.parse(document.getElementById("file-bounds").textContent);

/**
 * Why a file cannot be attached, as the server would say it later; null if it can.
 * @param {{name: string, size: number}} file
 * @param {number} attached  how many files the message has already
 * @param {FileBounds} bounds
 * @param {boolean} isGuest
 * @returns {?string}
 */
export function whyNotAttached({ name, size }, attached, { count, bytes }, isGuest) {
  if (attached >= count) {
    return ngettext("A message can have %(count)s file.", "A message can have %(count)s files.", count);
  }
  if (size === 0) {
    return gettext("%(name)s is empty.", { name });
  }
  if (size > bytes) {
    const limit = fileSize(bytes);
    return isGuest
      ? gettext("%(name)s is too large. Guests can send files of up to %(limit)s.", { name, limit })
      : gettext("%(name)s is too large. A file can have up to %(limit)s.", { name, limit });
  }
  return null;
}

/** @param {string} name  of a folder */
export const folderRefusal = (name) => gettext("%(name)s is a folder. Put it into a ZIP file first.", { name });
