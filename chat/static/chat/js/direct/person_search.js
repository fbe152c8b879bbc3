import { indexPath } from "../lib/addresses.js";
import { fetchJson } from "../lib/fetch_json.js";
import { folded } from "../lib/folded.js";

const NAME_WORDS = 4; // of a typed text, in which a name is looked for

/** @typedef {{id: string, name: string, username?: string}} Account */

/**
 * The accounts whose names begin with a text; null if the server cannot say.
 * @param {string} typed
 * @param {RequestInit} [options]
 * @returns {Promise<?Account[]>}
 */
export async function searchAccounts(typed, options) {
  const answer = await fetchJson(`${indexPath}chat/new/people?${new URLSearchParams({ q: typed })}`, options);
  return answer?.people ?? null;
}

/**
 * Finds the people whom a typed text begins with, by username or else by the longest name, and what follows the name.
 * @param {string} typed  perhaps with an @ before
 * @param {Account[]} present  who are not found otherwise: guests
 * @param {(query: string) => Promise<?Account[]>} search
 * @returns {Promise<?{people: Account[], text: string}>}  null if the server cannot say
 */
export async function findTyped(typed, present, search = searchAccounts) {
  const said = typed.replace(/^[@＠﹫]/, "");
  const words = said.split(/\s+/);
  for (let count = 1; count <= Math.min(words.length, NAME_WORDS); count++) {
    const accounts = await search(words.slice(0, count).join(" "));
    if (!accounts) {
      return null;
    }
    const found = begun(said, accounts, present);
    if (found.people.length) {
      return found;
    }
  }
  return { people: [], text: "" };
}

function begun(said, accounts, present) {
  const ofUsername = accounts.find(({ username }) => startsWith(said, username));
  if (ofUsername) {
    return { people: [ofUsername], text: said.slice(ofUsername.username.length).trim() };
  }
  const named = [...accounts, ...present].filter(({ name }) => startsWith(said, name));
  const length = Math.max(0, ...named.map(({ name }) => name.length));
  const people = named.filter(({ name }) => name.length === length);
  return { people, text: said.slice(length).trim() };
}

/** Whether a text begins with a name, as a whole. */
function startsWith(said, name) {
  const start = said.slice(0, name.length);
  return folded(start) === folded(name) && !/^\S/.test(said.slice(name.length));
}
