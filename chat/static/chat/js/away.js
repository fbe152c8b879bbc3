// What happened while I was away: a script of its own, loaded when somebody asks.
import { showAway } from "./away/away_list.js";
import { fetchJson } from "./lib/fetch_json.js";
import { gettext } from "./lib/i18n.js";

const dialog = document.querySelector("[data-away-dialog]");
const list = dialog.querySelector("[data-away-list]");

dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
list.addEventListener("click", ({ target }) => target.closest("a") && dialog.close()); // the link goes to the message

/**
 * Opens the list of what happened since I left off.
 * @param {import("./timeline/unread_marker.js").UnreadMarker} unreadMarker
 * @param {(author: {id: string, name: string}) => string} labelOf
 */
export async function openAway({ lastRead }, labelOf) {
  document.querySelector("[data-files-sheet]").media = "all"; // has the styles of the list
  list.replaceChildren();
  list.ariaBusy = "true";
  dialog.showModal();
  const told = await fetchJson(`away?${new URLSearchParams(leftOff(lastRead))}`);
  list.ariaBusy = null;
  told ? showAway(list, told, labelOf) : list.replaceChildren(gettext("This could not be loaded. Try again in a moment."));
  (list.querySelector("a") ?? list).focus(); // a screen reader reads it
}

/** Where I left off: as the page was told, unless I have read on since. @param {?number} lastRead */
function leftOff(lastRead) {
  const { read, seen } = JSON.parse(document.getElementById("snapshot").textContent);
  return lastRead === null || lastRead === read ? { after: read, seen } : { after: lastRead, seen: lastRead };
}
