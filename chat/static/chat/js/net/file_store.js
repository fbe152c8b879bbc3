import { FILES, withStore } from "./database.js";

const ORPHAN_MS = 24 * 60 * 60_000; // how long bytes are kept that no message has

/**
 * The bytes of files that wait, by key, in IndexedDB. Where they cannot be stored (some private windows), they last as
 * long as the page.
 */
export class FileStore {
  #kept = new Map(); // what is not stored, or not yet

  /** @param {string} key  @param {Blob} blob */
  async put(key, blob) {
    this.#kept.set(key, blob);
    await withStore(FILES, "readwrite", (files) => files.put({ key, blob, savedAt: Date.now() }));
    (await this.#stored(key)) && this.#kept.delete(key); // a full disk is told when the transaction ends
  }

  /** @param {string} key  @returns {Promise<?Blob>} null if the bytes are gone */
  get = async (key) => (await this.#stored(key)) ?? this.#kept.get(key) ?? null;

  /** @param {string[]} keys */
  remove(keys) {
    keys.forEach((key) => this.#kept.delete(key));
    keys.forEach(removeStored);
  }

  /** Removes what an earlier page left. @param {Set<string>} used  keys that messages have */
  async sweep(used) {
    const rows = (await withStore(FILES, "readonly", (files) => files.getAll())) ?? [];
    const isOrphan = ({ key, savedAt }) => !used.has(key) && Date.now() - savedAt > ORPHAN_MS;
    this.remove(rows.filter(isOrphan).map(({ key }) => key));
  }

  #stored = async (key) => (await withStore(FILES, "readonly", (files) => files.get(key)))?.blob ?? null;
}

/** Removes what is stored of a message's files. @param {{files?: {key: string}[]}} message */
export const removeFiles = ({ files = [] }) => files.forEach(({ key }) => removeStored(key));

const removeStored = (key) => withStore(FILES, "readwrite", (files) => files.delete(key));
