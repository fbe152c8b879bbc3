import { fetchJson } from "../lib/fetch_json.js";

const FRESH_MS = 10_000;
const TIMEOUT_MS = 5_000; // then the last known ones count

/** @typedef {{name: string, hint: string, description: string, bot: string}} DeclaredCommand  `bot` is its name */

/** The commands that bots of this room have declared, as the server told them last. */
export class DeclaredCommands {
  #all = [];
  #askedAt = -Infinity;
  #asking = null;

  /** @returns {DeclaredCommand[]} */
  get all() {
    return this.#all;
  }

  /** Asks the server, unless that was just now. @returns {Promise<boolean>} whether they have changed */
  async refresh() {
    const before = JSON.stringify(this.#all);
    this.#isFresh || (await this.#ask());
    return before !== JSON.stringify(this.#all);
  }

  /** Whether a bot has declared it. One that is not known may be new. @param {string} name */
  async has(name) {
    (this.#isFresh && this.#knows(name)) || (await this.#ask());
    return this.#knows(name);
  }

  get #isFresh() {
    return performance.now() - this.#askedAt < FRESH_MS;
  }

  #knows(name) {
    return this.#all.some((it) => it.name === name.toLowerCase());
  }

  #ask() {
    this.#asking ??= this.#fetch().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #fetch() {
    const answer = await fetchJson("commands", { signal: AbortSignal.timeout(TIMEOUT_MS) });
    this.#all = answer?.commands ?? this.#all;
    this.#askedAt = performance.now();
  }
}
