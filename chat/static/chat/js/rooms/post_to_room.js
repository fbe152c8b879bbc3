import { roomPath } from "../lib/addresses.js";

/**
 * Posts a form of a room: mute, leave, keep.
 * @param {{id: ?string, name: string, kind?: string}} room
 * @param {string} action
 * @param {Object<string, string>} fields
 * @returns {Promise<boolean>} whether the server took it
 */
export async function postToRoom(room, action, fields = {}) {
  const { value: csrfmiddlewaretoken } = document.querySelector("[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken });
  try {
    const { ok } = await fetch(`${roomPath(room)}${action}`, { method: "POST", body });
    return ok;
  } catch {
    return false; // no connection
  }
}
