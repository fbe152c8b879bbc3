const DATABASE = "lobby";
const VERSION = 2; // 1 had no files
export const MESSAGES = "outbox"; // that wait
export const FILES = "files"; // their bytes

let opening = null; // or open

/**
 * Runs a request in a transaction.
 * @param {string} name  of the store
 * @param {"readonly"|"readwrite"} mode
 * @param {(store: IDBObjectStore) => IDBRequest} action
 * @returns {Promise<any>} its result; null where it failed, or where there is no IndexedDB (some private windows)
 */
export async function withStore(name, mode, action) {
  try {
    const database = await (opening ??= open());
    return await promiseOf(action(database.transaction(name, mode).objectStore(name)));
  } catch {
    return null;
  }
}

/** Fails while a page of an earlier version keeps the database from its upgrade. */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      oldVersion || request.result.createObjectStore(MESSAGES, { keyPath: "id" });
      request.result.createObjectStore(FILES, { keyPath: "key" });
    };
    request.onblocked = request.onerror = reject;
    request.onsuccess = () => {
      opening = request.result; // also when that page is closed later
      opening.onversionchange = ({ target }) => target.close(); // or a page of a later version would wait for this one
      resolve(opening);
    };
  });
}

const promiseOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
