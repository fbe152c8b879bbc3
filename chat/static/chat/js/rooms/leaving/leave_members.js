import { roomPath } from "../../lib/addresses.js";
import { gettext } from "../../lib/i18n.js";
import { confirmDialog } from "../../ui/confirm_dialog.js";

/**
 * Asks whether to leave a members room, and leaves the membership.
 * @param {{id: string, name: string, kind: string}} room
 * @param {() => void} onLeft
 * @param {(detail: string) => void} onError
 */
export async function leaveMembers(room, onLeft, onError) {
  const dialog = document.querySelector("[data-leave-dialog]");
  dialog.querySelector("[data-leave-name]").textContent = room.name;
  if (await confirmDialog(dialog)) {
    const failure = await leave(room);
    failure ? onError(failure) : onLeft();
  }
}

/** @returns {Promise<?string>} why it failed, if it did */
async function leave(room) {
  const { value: csrfmiddlewaretoken } = document.querySelector("[name=csrfmiddlewaretoken]");
  const request = { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ csrfmiddlewaretoken }) };
  try {
    const response = await fetch(`${roomPath(room)}settings/leave`, request);
    return response.ok ? null : ((await response.json()).error?.detail ?? failed());
  } catch {
    return failed(); // no connection, or no answer that says why
  }
}

const failed = () => gettext("That did not work. Try again in a moment.");
