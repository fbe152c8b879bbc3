import { gettext, language } from "../lib/i18n.js";
import { isMe } from "./is_me.js";

/** @typedef {import("../net/protocol.js").Person} Person */

const MAX_MATCHES = 8;

/** The people who are present in the room, as far as the server names them. */
export class People {
  #me;
  markOf;
  roster = null; // of a room that is not open: roster/roster.js
  present = []; // Person[]
  count = 0; // of all, also those the server does not name

  /**
   * @param {Person} me
   * @param {(person: Person) => string} markOf  tells people of one name apart
   */
  constructor(me, markOf = () => "") {
    this.#me = me;
    this.markOf = markOf;
  }

  /** @param {{count: number, people: Person[]}} presence */
  replace({ count, people }) {
    this.count = count;
    this.present = people;
  }

  /** Me first, then the others by name. @returns {(Person & {mark: string})[]} */
  get sorted() {
    const byName = (a, b) => a.name.localeCompare(b.name, language) || a.id.localeCompare(b.id);
    const others = this.present.filter(({ id }) => id !== this.#me.id).sort(byName);
    const sorted = this.present.length > others.length ? [this.#me, ...others] : others;
    return sorted.map(({ id, name, guest, picture }) => ({ id, name, guest, picture, mark: this.markOf({ id }) }));
  }

  /**
   * Searches people to mention: those whose name begins with the query before those with such a word; then those who
   * are present; then those who spoke last.
   * @param {string} query
   * @param {Person[]} speakers  the latest first
   * @returns {(Person & {mark: string, note?: string})[]}
   */
  search(query, speakers) {
    const folded = fold(query);
    const presentIds = new Set(this.present.map(({ id }) => id));
    const byId = new Map([...speakers, ...this.present].map((person) => [person.id, person]));
    const candidates = [...byId.values()].filter((person) => !isMe(person, this.#me));
    const matches = candidates.filter(({ name }) => searchable(name).some((part) => part.startsWith(folded)));
    const rank = ({ id, name }) => 2 * Number(!fold(name).startsWith(folded)) + Number(!presentIds.has(id));
    matches.sort((one, other) => rank(one) - rank(other)); // a stable sort: the latest speakers stay first
    const note = ({ id, guest }) => [guest && gettext("Guest"), presentIds.has(id) && gettext("in this room")].filter(Boolean).join(" · ");
    return matches.slice(0, MAX_MATCHES).map((it) => ({ id: it.id, name: it.name, picture: it.picture, mark: this.markOf(it), note: note(it) }));
  }
}

const fold = (text) => text.normalize("NFC").toLocaleLowerCase(language);

/** The whole name and each of its words. */
const searchable = (name) => [fold(name), ...fold(name).split(/\s+/)];
