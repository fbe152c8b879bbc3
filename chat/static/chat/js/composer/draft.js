import { keep, kept } from "../lib/kept.js";

/** What is written and not sent, of one room; it survives a reload. */
export class Draft {
  #key;

  /** @param {string} room */
  constructor(room) {
    this.#key = `lobby draft ${room}`;
  }

  /** @returns {string} */
  get text() {
    return kept(this.#key) ?? "";
  }

  set text(text) {
    keep(this.#key, text);
  }
}
