import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { confirmDialog } from "../ui/confirm_dialog.js";

/**
 * Asks whether to block a person, and blocks them; or unblocks them.
 * @param {{id: string, name: string, blocked: boolean}} person
 * @returns {Promise<?string>} what has happened; null if nothing has
 */
export async function toggleBlocked({ id, name, blocked }) {
  if (!blocked && !(await confirmDialog(dialogAbout(name)))) {
    return null;
  }
  if (!(await store(id, !blocked))) {
    return gettext("That did not work. Try again in a moment.");
  }
  return blocked ? gettext("%(name)s is no longer blocked.", { name }) : gettext("%(name)s is blocked.", { name });
}

function dialogAbout(name) {
  const dialog = document.querySelector("[data-person-block-dialog]");
  dialog.querySelector("[data-person-block-name]").textContent = name;
  return dialog;
}

async function store(id, blocked) {
  const { value: csrfmiddlewaretoken } = document.querySelector("[name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({ ...(blocked ? { blocked: "on" } : {}), csrfmiddlewaretoken });
  try {
    const { ok } = await fetch(`${indexPath}people/${id}/block`, { method: "POST", body });
    return ok;
  } catch {
    return false; // no connection
  }
}
