import { gettext, language } from "../lib/i18n.js";

/** @typedef {import("../net/protocol.js").Person} Person */

const OFFERED = 8;

/** Who is here, as far as the server names them. */
export class People {
  #me;
  here = []; // Person[]
  count = 0;

  /** @param {Person} me */
  constructor(me) {
    this.#me = me;
  }

  /** @param {{count: number, people: Person[]}} presence */
  replace({ count, people }) {
    this.count = count;
    this.here = people;
  }

  /** Me first, then the others by name. @returns {Person[]} */
  get inOrder() {
    const byName = (a, b) => a.name.localeCompare(b.name, language);
    const others = this.here.filter(({ id }) => id !== this.#me.id).sort(byName);
    return this.here.length > others.length ? [this.#me, ...others] : others;
  }

  /**
   * Whom `query` may mean: who spoke lately before who is here.
   * @param {string} query
   * @param {Person[]} speakers  the latest first
   * @returns {(Person & {note?: string})[]}
   */
  find(query, speakers) {
    const wanted = fold(query);
    const here = new Set(this.here.map(({ id }) => id));
    const known = new Map([...speakers, ...this.here].reverse().map((person) => [person.id, person]));
    const candidates = [...known.values()].reverse().filter(({ id }) => id !== this.#me.id);
    const matches = candidates.filter(({ name }) => words(name).some((word) => word.startsWith(wanted)));
    const note = (id) => (here.has(id) ? gettext("here") : undefined);
    return matches.slice(0, OFFERED).map(({ id, name }) => ({ id, name, note: note(id) }));
  }
}

const fold = (text) => text.normalize("NFC").toLocaleLowerCase(language);

/** A name, and each part of it that one may begin with. */
const words = (name) => [fold(name), ...fold(name).split(/\s+/)];
