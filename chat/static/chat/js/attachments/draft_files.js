import { storageKeys } from "../lib/addresses.js";
import { readStorage, writeStorage } from "../lib/storage.js";

export const DRAFT_FILES = "lobby files "; // and the room: the first of `storageKeys`

/**
 * Keeps the files of the message that is being written through a reload, as composer/draft.js keeps its text. Their bytes
 * are on this device; which they are is noted while the page is hidden or left, so that a duplicated tab does not have
 * them as well.
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {import("./tray.js").Tray} tray
 * @param {import("./local_files.js").LocalFiles} localFiles
 */
export function keepDraftFiles(room, tray, localFiles) {
  const key = DRAFT_FILES + storageKeys(room)[0];
  const noted = readStorage(key, "sessionStorage");
  const write = (files) => writeStorage(key, files.length ? JSON.stringify(files) : "", "sessionStorage");
  write([]);
  noted && restore(JSON.parse(noted), tray, localFiles);
  addEventListener("pagehide", () => write(tray.drafted));
  document.addEventListener("visibilitychange", () => write(document.hidden ? tray.drafted : []));
}

/** Attaches the files again whose bytes are still there. */
async function restore(files, tray, localFiles) {
  const blobs = await Promise.all(files.map(({ key }) => localFiles.get(key)));
  tray.restore(files.filter((file, index) => blobs[index]));
}
