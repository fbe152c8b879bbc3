import { gettext } from "../lib/i18n.js";
import { postToRoom } from "../rooms/post_to_room.js";

/**
 * Asks what is wrong with a message, and reports it to those who keep the room.
 * @param {{id: ?string, name: string, kind: string}} room
 * @param {number} seq
 * @param {import("../ui/toast.js").Toast} toast
 */
export function openReportDialog(room, seq, toast) {
  const dialog = document.querySelector("[data-report-dialog]");
  const form = dialog.querySelector("form");
  form.reset();
  dialog.querySelector("[data-report-cancel]").onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const why = form.elements.why.value;
    dialog.close();
    toast.show((await postToRoom(room, "report", { seq, why })) ? thanks() : failed());
  };
  dialog.showModal();
}

const thanks = () => gettext("Thank you. A moderator will look at it.");
const failed = () => gettext("That did not work. Try again in a moment.");
