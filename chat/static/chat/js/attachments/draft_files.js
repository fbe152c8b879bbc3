import { storageKeys } from "../lib/addresses.js";
import { readStorage, writeStorage } from "../lib/storage.js";

export const DRAFT_FILES = "lobby files "; // and the room: one of `storageKeys`

/**
 * Keeps the files of the message that is being written through a reload, as composer/draft.js keeps its text. Their bytes
 * are on this device; which they are is noted while the page is hidden, as it is when it is left, so that a duplicated tab does not have
 * them as well.
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {import("./tray.js").Tray} tray
 * @param {import("./local_files.js").LocalFiles} localFiles
 */
export function keepDraftFiles(room, tray, localFiles) {
  const keys = storageKeys(room).map((key) => DRAFT_FILES + key); // of a new room, the next page has another one
  const noted = keys.map((key) => readStorage(key, "sessionStorage")).find(Boolean);
  const write = (files) => writeStorage(keys[0], files.length ? JSON.stringify(files) : "", "sessionStorage");
  keys.forEach((key) => writeStorage(key, "", "sessionStorage"));
  noted && restore(JSON.parse(noted), tray, localFiles);
  document.addEventListener("visibilitychange", () => write(document.hidden ? tray.drafted : []));
}

/** Attaches the files again whose bytes are still there. */
async function restore(files, tray, localFiles) {
  const blobs = await Promise.all(files.map(({ key }) => localFiles.get(key)));
  tray.restore(files.filter((file, index) => blobs[index]));
}
