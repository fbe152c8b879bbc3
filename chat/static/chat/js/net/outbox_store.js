const DATABASE = "lobby";
const STORE = "outbox";

/**
 * @typedef {object} Letter  a message of mine that is not confirmed yet
 * @property {string} id
 * @property {string} text
 * @property {"text"|"action"|"topic"} kind
 * @property {?number} replyTo  a seq
 * @property {Date} writtenAt
 * @property {?string} refusal  why the server would not take it
 */

/**
 * Keeps a room's outbox over reloads, and tells a person's other tabs of it. Where the browser keeps
 * nothing (some private windows), it lasts as long as the page.
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

  /** @param {(change: {put?: Letter, remove?: string}) => void} listener  of what other tabs do */
  listen(listener) {
    if (this.#channel) {
      this.#channel.onmessage = ({ data }) => listener(data);
    }
  }

  /** @returns {Promise<Letter[]>} in the order written */
  async all() {
    const letters = (await lettersIn(this.#database)).filter(({ room }) => room === this.#room);
    return letters.map((letter) => ({ kind: "text", replyTo: null, ...letter })); // older pages kept less
  }

  /** @param {Letter} letter */
  put(letter) {
    this.#channel?.postMessage({ put: letter });
    return inStore(this.#database, "readwrite", (store) => store.put({ ...letter, room: this.#room }));
  }

  /** @param {string} id */
  remove(id) {
    inStore(this.#database, "readwrite", (store) => store.delete(id));
    this.#channel?.postMessage({ remove: id });
  }
}

/**
 * What waits in all my rooms, in the order written.
 * @returns {Promise<(Letter & {room: string})[]>}
 */
export const unsent = () => lettersIn(open().catch(() => null));

async function lettersIn(database) {
  const letters = (await inStore(database, "readonly", (store) => store.getAll())) ?? [];
  return letters.sort((a, b) => a.writtenAt - b.writtenAt);
}

async function inStore(opening, mode, action) {
  const database = await opening;
  return database && settled(action(database.transaction(STORE, mode).objectStore(STORE))).catch(() => null);
}

function openChannel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null; // where storage is blocked, so is this
  }
}

async function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return settled(request);
}

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
