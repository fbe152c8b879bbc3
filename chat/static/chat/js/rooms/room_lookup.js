import { fetchJson } from "../lib/fetch_json.js";

const PAUSE_MS = 200; // in typing, before the server is asked

/**
 * @typedef {object} FoundRoom
 * @property {string} name
 * @property {string} path  its address, and perhaps the hash of a message
 * @property {?number} seq  of the message
 * @property {?boolean} exists  null: an invite, of which that is not known
 * @property {string} label  what opening it means
 *
 * @typedef {FoundRoom | {error: string, nearest: ?FoundRoom}} Answer  `nearest` has the nearest name that works
 */

/** Asks the server where a typed name or address leads to. */
export class RoomLookup {
  #url;
  #asking = new AbortController();

  /** @param {string} url */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Asks after a pause. Null if a later question replaces this one, or the server cannot answer.
   * @param {string} typed
   * @returns {Promise<?Answer>}
   */
  async find(typed) {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const isAsked = !signal.aborted && typed.trim();
    return isAsked ? fetchJson(`${this.#url}?${new URLSearchParams({ typed })}`, { signal }) : null;
  }
}
