import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";

/**
 * Begins a direct room with a person, or finds it.
 * @param {{id: string}} person
 * @returns {Promise<{path: string, detail?: undefined} | {detail: string}>} the room's path, or why there is none
 */
export async function beginDirect({ id }) {
  const { value: csrfmiddlewaretoken } = document.querySelector("[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({ with: id, csrfmiddlewaretoken });
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(`${indexPath}chat/new/direct`, { method: "POST", headers, body }); // follows to the room
    return response.ok ? { path: new URL(response.url).pathname } : { detail: (await response.json()).error.detail };
  } catch {
    return { detail: gettext("That did not work. Try again in a moment.") };
  }
}

/**
 * Goes to the direct room with a person.
 * @param {{id: string}} person
 * @param {(detail: string) => void} onError
 */
export async function goToDirect(person, onError) {
  const { path, detail } = await beginDirect(person);
  path ? location.assign(path) : onError(detail);
}
