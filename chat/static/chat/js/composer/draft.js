import { readStorage, writeStorage } from "../lib/storage.js";

/** A room's unsent text. It survives a reload. */
export class Draft {
  #key;

  /** @param {string} room */
  constructor(room) {
    this.#key = `lobby draft ${room}`;
  }

  /** @returns {string} */
  get text() {
    return readStorage(this.#key) ?? "";
  }

  set text(text) {
    writeStorage(this.#key, text);
  }
}
