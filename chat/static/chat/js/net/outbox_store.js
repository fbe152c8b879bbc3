const DATABASE = "lobby";
const STORE = "outbox";

/**
 * @typedef {object} PendingMessage  a message of mine that the room has not confirmed
 * @property {string} id
 * @property {string} text
 * @property {"text"|"action"|"topic"} kind
 * @property {?number} replyTo  a seq
 * @property {Date} writtenAt
 * @property {?string} refusal  why the server refused it
 */

/**
 * Stores a room's outbox in IndexedDB, and sends changes to other tabs. Without IndexedDB (some private windows)
 * the outbox lasts as long as the page.
 */
export class OutboxStore {
  #room;
  #database;
  #channel;

  /** @param {string} room */
  constructor(room) {
    this.#room = room;
    this.#database = open().catch(() => null);
    this.#channel = openChannel(`lobby outbox ${room}`);
  }

  /** @param {(change: {put?: PendingMessage, remove?: string}) => void} onChange  in other tabs */
  listen(onChange) {
    if (this.#channel) {
      this.#channel.onmessage = ({ data }) => onChange(data);
    }
  }

  /** @returns {Promise<PendingMessage[]>} in the order written */
  async all() {
    const messages = (await readAll(this.#database)).filter(({ room }) => room === this.#room);
    return messages.map((message) => ({ kind: "text", replyTo: null, ...message })); // earlier versions stored less
  }

  /** @param {PendingMessage} message */
  put(message) {
    this.#channel?.postMessage({ put: message });
    return withStore(this.#database, "readwrite", (store) => store.put({ ...message, room: this.#room }));
  }

  /** @param {string} id */
  remove(id) {
    withStore(this.#database, "readwrite", (store) => store.delete(id));
    this.#channel?.postMessage({ remove: id });
  }
}

/**
 * The pending messages of all rooms, in the order written.
 * @returns {Promise<(PendingMessage & {room: string})[]>}
 */
export const allPendingMessages = () => readAll(open().catch(() => null));

async function readAll(database) {
  const messages = (await withStore(database, "readonly", (store) => store.getAll())) ?? [];
  return messages.sort((a, b) => a.writtenAt - b.writtenAt);
}

async function withStore(opening, mode, action) {
  const database = await opening;
  return database && promiseOf(action(database.transaction(STORE, mode).objectStore(STORE))).catch(() => null);
}

function openChannel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null; // blocked where storage is
  }
}

async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return promiseOf(request);
}

const promiseOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
