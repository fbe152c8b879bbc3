/** Addresses of bytes that this page has or stores, by their key. */
export class ObjectUrls {
  #files;
  #urls = new Map(); // promises

  /** @param {import("../net/file_store.js").FileStore} files */
  constructor(files) {
    this.#files = files;
  }

  /** @param {string} key  @param {Blob} blob  that is at hand */
  add(key, blob) {
    this.#urls.set(key, Promise.resolve(URL.createObjectURL(blob)));
  }

  /** @param {string} key  @returns {Promise<?string>} null if the bytes are gone */
  of(key) {
    this.#urls.has(key) || this.#urls.set(key, this.#create(key));
    return this.#urls.get(key);
  }

  /** @param {string} key */
  async revoke(key) {
    const url = await this.#urls.get(key);
    this.#urls.delete(key);
    url && URL.revokeObjectURL(url);
  }

  async #create(key) {
    const blob = await this.#files.get(key);
    return blob && URL.createObjectURL(blob);
  }
}
