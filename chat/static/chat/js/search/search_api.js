import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";

/**
 * @typedef {{room: {id: string, name: string}, message: import("../net/protocol.js").Message, marks: [number, number][]}} Result
 * @typedef {{results: Result[], more: boolean, before: ?(number|string)}} ResultPage
 */

const failed = () => ({ error: gettext("That did not work. Try again in a moment.") });

/**
 * @param {{q: string, room: ?string, before: ?(number|string)}} asked  `room`: an address; null for all of mine
 * @param {AbortSignal} signal
 * @returns {Promise<ResultPage|{error: string}>}
 */
export const searchMessages = (asked, signal) => get("search", { ...asked, zone: ownZone() }, signal);

/** @param {"from"|"in"} operator  @param {string} q  @param {?string} room  @returns {Promise<string[]>} */
export async function findNames(operator, q, room) {
  const { names = [] } = await get("search/names", { operator, q, room });
  return names;
}

/** The seq of a room's first message of a day, or after it. @returns {Promise<{seq: ?number}|{error: string}>} */
export const findDay = (room, date) => get("search/day", { room, date, zone: ownZone() });

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

async function get(path, fields, signal) {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  try {
    const response = await fetch(`${indexPath}chat/${path}?${new URLSearchParams(given)}`, { headers: { Accept: "application/json" }, signal });
    const answer = await response.json();
    return response.ok ? answer : { error: answer.error.detail };
  } catch {
    return failed();
  }
}
