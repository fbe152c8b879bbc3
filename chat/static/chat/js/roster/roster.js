import { gettext, language } from "../lib/i18n.js";

/** @typedef {{id: string, name: string, guest: boolean, bot?: boolean, role?: "owner"|"moderator"}} RosterPerson */

/** The people who belong to a room that is not open, as far as the server names them: present or not. */
export class Roster {
  #people;
  #members = new Map(); // RosterPerson, by id
  count = 0; // of all

  /** @param {import("../people/people.js").People} people  who are present */
  constructor(people) {
    this.#people = people;
  }

  /** @param {{count: number, people: RosterPerson[]}} roster */
  replace({ count, people }) {
    this.count = count;
    this.#members = new Map(people.map((person) => [person.id, person]));
  }

  /** @param {{id: string}} person  @returns {string|undefined} */
  roleOf({ id }) {
    return this.#members.get(id)?.role;
  }

  /** Who is present as in an open room, then the others by name. */
  get sorted() {
    const present = this.#people.sorted;
    const ids = new Set(present.map(({ id }) => id));
    const absent = [...this.#members.values()].filter(({ id }) => !ids.has(id)).sort(byName);
    const marked = absent.map((person) => ({ ...person, mark: this.#people.markOf(person), isAbsent: true }));
    const known = (person) => ({ ...person, bot: this.#members.get(person.id)?.bot });
    return [...present, ...marked].map((person) => ({ ...known(person), role: roleName(this.roleOf(person)) }));
  }
}

const byName = (a, b) => a.name.localeCompare(b.name, language) || a.id.localeCompare(b.id);

const roleName = (role) => ({ owner: gettext("owner"), moderator: gettext("moderator") })[role] ?? "";
