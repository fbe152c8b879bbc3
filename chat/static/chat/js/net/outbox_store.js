import { storageKeys } from "../lib/addresses.js";
import { MESSAGES, withStore } from "./database.js";

const DEFAULTS = { kind: "text", replyTo: null, attempted: true }; // earlier versions stored less

/**
 * @typedef {object} PendingMessage  a message of mine that the room has not confirmed
 * @property {string} id
 * @property {string} text
 * @property {"text"|"action"|"topic"} kind
 * @property {?number} replyTo  a seq
 * @property {PendingFile[]} [files]
 * @property {Date} writtenAt
 * @property {?string} refusal  why it is not sent: the server refused it, or I began to edit it
 * @property {boolean} attempted  whether a frame with it may have gone out, from any tab
 * @property {boolean} [isFinal]  the server will not accept it as it is
 * @property {boolean} [waits]  for a moderator
 * @property {boolean} [withdrawn]  I took it back: it is not sent, and deleted if the room shows it all the same
 * @property {number} [seq]  of a withdrawn message that the room shows
 *
 * @typedef {object} PendingFile  a file of such a message
 * @property {string} id  of its upload
 * @property {string} key  of its bytes: see file_store.js
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {?number} width  of a picture
 * @property {?number} height
 * @property {string} alt
 * @property {boolean} isUploaded
 */

/**
 * Stores a room's outbox in IndexedDB, and sends changes to other tabs. Without IndexedDB (some private windows)
 * the outbox lasts as long as the page.
 */
export class OutboxStore {
  #room;
  #channel;

  /** @param {{id: ?string, name: string, kind: string}} room */
  constructor(room) {
    this.#room = room;
    this.#channel = openChannel("lobby outbox");
  }

  /** @param {(change: {put?: PendingMessage, remove?: string}) => void} onChange  in other tabs */
  listen(onChange) {
    if (this.#channel) {
      this.#channel.onmessage = ({ data: { rooms, ...change } }) => rooms.some(this.#isHere) && onChange(change);
    }
  }

  /** @returns {Promise<PendingMessage[]>} in the order written */
  async all() {
    return (await storedMessages()).filter(({ room }) => this.#isHere(room));
  }

  /** @param {PendingMessage} message */
  put(message) {
    this.#tell({ put: message });
    return withStore(MESSAGES, "readwrite", (messages) => messages.put(this.#row(message)));
  }

  /** @param {string} id */
  remove(id) {
    withStore(MESSAGES, "readwrite", (messages) => messages.delete(id));
    this.#tell({ remove: id });
  }

  /**
   * Stores, before the first frame with a message goes out, that it may be sent.
   * @param {PendingMessage} message
   * @returns {Promise<boolean>} false if another tab has withdrawn it
   */
  claim(message) {
    const mark = (found) => ({ ...found, attempted: true });
    return this.#change(message, mark, { isFree: ({ withdrawn }) => !withdrawn, restores: false });
  }

  /**
   * Marks a message as withdrawn, and forgets its text and files.
   * @param {PendingMessage} message
   * @returns {Promise<boolean>} whether no frame with it has gone out, from any tab
   */
  withdraw(message) {
    const mark = (found) => ({ ...found, text: "", files: [], withdrawn: true });
    return this.#change(message, mark, { isFree: ({ attempted }) => !attempted, restores: true });
  }

  /**
   * Changes a stored message in one transaction, as two tabs may do so. One that is missing was confirmed to another
   * tab, or could not be stored.
   * @returns {Promise<boolean>} what was found
   */
  async #change(message, changed, { isFree, restores }) {
    let [found, isChanged] = [message, true];
    await withStore(MESSAGES, "readwrite", (store) => {
      const request = store.get(message.id);
      request.addEventListener("success", () => {
        found = request.result ?? message;
        isChanged = !found.withdrawn && (restores || Boolean(request.result));
        isChanged && store.put(this.#row(changed(found)));
      });
      return request;
    });
    isChanged && this.#tell({ put: changed(found) });
    return isFree(found);
  }

  #isHere = (key) => storageKeys(this.#room).includes(key);

  #row = (message) => ({ ...message, room: storageKeys(this.#room)[0], name: this.#room.name });

  #tell(change) {
    this.#channel?.postMessage({ rooms: storageKeys(this.#room), ...change });
  }
}

/**
 * The pending messages of all rooms, in the order written.
 * @returns {Promise<(PendingMessage & {room: string, name?: string})[]>}  with the room: one of `storageKeys`, and a name
 */
export const allPendingMessages = async () => (await storedMessages()).filter(({ withdrawn }) => !withdrawn);

/** The same with withdrawn messages. */
export async function storedMessages() {
  const messages = (await withStore(MESSAGES, "readonly", (store) => store.getAll())) ?? [];
  const complete = messages.map((message) => ({ ...DEFAULTS, ...message }));
  return complete.sort((a, b) => a.writtenAt - b.writtenAt);
}

function openChannel(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null; // blocked where storage is
  }
}
