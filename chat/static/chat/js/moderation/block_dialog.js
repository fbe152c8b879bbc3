import { gettext } from "../lib/i18n.js";

/**
 * Asks an operator whether to block a person, and blocks them.
 * @param {{id: string, name: string, guest: boolean}} person
 * @param {import("../ui/toast.js").Toast} toast
 */
export function openBlockDialog({ id, name, guest }, toast) {
  const dialog = document.querySelector("[data-block-dialog]");
  const form = dialog.querySelector("form");
  form.reset();
  form.elements.member.value = id;
  dialog.querySelector("[data-block-name]").textContent = name;
  dialog.querySelectorAll("[data-of-guest]").forEach((node) => (node.hidden = !guest));
  dialog.querySelector("[data-of-account]").hidden = guest;
  form.onsubmit = async (event) => {
    if (event.submitter?.value !== "no") {
      event.preventDefault();
      dialog.close();
      toast.show(await block(form, name));
    }
  };
  dialog.showModal();
}

/** @returns {Promise<string>} what has happened */
async function block(form, name) {
  try {
    const { ok, status } = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (ok) {
      return gettext("%(name)s is blocked. You can undo this in the administration.", { name });
    }
    return status === 403 ? gettext("You cannot block %(name)s.", { name }) : failed();
  } catch {
    return failed();
  }
}

const failed = () => gettext("This did not work. Try again in a moment.");
