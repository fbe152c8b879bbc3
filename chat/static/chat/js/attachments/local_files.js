/** The bytes of files on this device, by key, and addresses to show them at. */
export class LocalFiles {
  #store;
  #onUrl;
  #urls = new Map(); // by key; null while the bytes are looked for, or where they are gone

  /**
   * @param {import("../net/file_store.js").FileStore} store
   * @param {() => void} onUrl  there is an address that there was not before
   */
  constructor(store, onUrl) {
    this.#store = store;
    this.#onUrl = onUrl;
  }

  /** @param {string} key  @param {Blob} blob */
  add(key, blob) {
    this.#store.put(key, blob);
    this.#urls.set(key, URL.createObjectURL(blob));
  }

  /** @param {string} key  @returns {Promise<?Blob>} null if the bytes are gone */
  get = (key) => this.#store.get(key);

  /** @param {string} key  @returns {?string} null if there is none yet, or the bytes are gone */
  urlOf(key) {
    this.#urls.has(key) || this.#findUrl(key);
    return this.#urls.get(key);
  }

  /** @param {{key: ?string}[]} files */
  forget(files) {
    const keys = files.map(({ key }) => key).filter(Boolean);
    this.#store.remove(keys);
    keys.forEach((key) => this.#revoke(key));
  }

  async #findUrl(key) {
    this.#urls.set(key, null);
    const blob = await this.get(key);
    if (blob && this.#urls.get(key) === null) {
      this.#urls.set(key, URL.createObjectURL(blob));
      this.#onUrl();
    }
  }

  #revoke(key) {
    const url = this.#urls.get(key);
    this.#urls.delete(key);
    url && URL.revokeObjectURL(url); // a picture that is shown stays
  }
}
