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
    const letters = (await this.#do("readonly", (store) => store.getAll())) ?? [];
    const ours = letters.filter(({ room }) => room === this.#room);
    const whole = ours.map((letter) => ({ kind: "text", replyTo: null, ...letter })); // older pages kept less
    return whole.sort((a, b) => a.writtenAt - b.writtenAt);
  }

  /** @param {Letter} letter */
  put(letter) {
    this.#do("readwrite", (store) => store.put({ ...letter, room: this.#room }));
    this.#channel?.postMessage({ put: letter });
  }

  /** @param {string} id */
  remove(id) {
    this.#do("readwrite", (store) => store.delete(id));
    this.#channel?.postMessage({ remove: id });
  }

  async #do(mode, action) {
    const database = await this.#database;
    return database && settled(action(database.transaction(STORE, mode).objectStore(STORE))).catch(() => null);
  }
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
