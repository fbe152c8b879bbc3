const DATABASE = "lobby";
const VERSION = 2; // 1 had no files
export const MESSAGES = "outbox"; // that wait
export const FILES = "files"; // their bytes
const KEY_PATHS = { [MESSAGES]: "id", [FILES]: "key" };

let opening = null; // or open

/**
 * Runs a request in a transaction over some stores.
 * @param {string[]} names
 * @param {"readonly"|"readwrite"} mode
 * @param {(...stores: IDBObjectStore[]) => IDBRequest} action
 * @returns {Promise<any>} its result; null where it failed, or where there is no IndexedDB (some private windows)
 */
export async function withStores(names, mode, action) {
  try {
    const database = await (opening ??= open().catch(() => null));
    const transaction = database?.transaction(names, mode);
    return transaction ? await promiseOf(action(...names.map((name) => transaction.objectStore(name)))) : null;
  } catch {
    return null;
  }
}

/** Fails while a page of an earlier version keeps the database from its upgrade. */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => addStores(request.result);
    request.onblocked = request.onerror = reject;
    request.onsuccess = () => {
      opening = request.result; // also when that page is closed later
      opening.onversionchange = close; // or a page of a later version would wait for this one
      resolve(opening);
    };
  });
}

function close({ target }) {
  target.close();
  opening = null;
}

function addStores(database) {
  const missing = Object.keys(KEY_PATHS).filter((name) => !database.objectStoreNames.contains(name));
  missing.forEach((name) => database.createObjectStore(name, { keyPath: KEY_PATHS[name] }));
}

const promiseOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
