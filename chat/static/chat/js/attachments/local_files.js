/** The bytes of files on this device, by key, and addresses to show them at. */
export class LocalFiles {
  #store;
  #urls = new Map(); // promises

  /** @param {import("../net/file_store.js").FileStore} store */
  constructor(store) {
    this.#store = store;
  }

  /** @param {string} key  @param {Blob} blob */
  add(key, blob) {
    this.#store.put(key, blob);
    this.#urls.set(key, Promise.resolve(URL.createObjectURL(blob)));
  }

  /** @param {string} key  @returns {Promise<?Blob>} null if the bytes are gone */
  get = (key) => this.#store.get(key);

  /** @param {string} key  @returns {Promise<?string>} null if the bytes are gone */
  urlOf(key) {
    this.#urls.has(key) || this.#urls.set(key, this.#newUrl(key));
    return this.#urls.get(key);
  }

  /** @param {{key: ?string}[]} files */
  forget(files) {
    const keys = files.map(({ key }) => key).filter(Boolean);
    this.#store.remove(keys);
    keys.forEach((key) => this.#revoke(key));
  }

  async #newUrl(key) {
    const blob = await this.get(key);
    return blob && URL.createObjectURL(blob);
  }

  async #revoke(key) {
    const url = await this.#urls.get(key);
    this.#urls.delete(key);
    url && URL.revokeObjectURL(url); // a picture that is shown stays
  }
}
