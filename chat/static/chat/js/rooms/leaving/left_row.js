import { gettext } from "../../lib/i18n.js";
import { button, element } from "../../ui/dom.js";
import { afterUndoTime, saveLeft, undoLeaving } from "./left_room.js";

const status = document.querySelector("[data-rooms-status]");

/**
 * Offers to undo leaving: on the index, to which the page of the room goes; or in the list of rooms.
 * @param {import("./left_room.js").LeftRoom & {id: string}} room
 * @param {boolean} isThisRoom  of the page
 * @param {object} views  as `showLeftRow` takes them
 */
export function offerUndo(room, isThisRoom, { roomsView, ...listeners }) {
  if (!isThisRoom) {
    showLeftRow(room, roomsView, listeners);
  } else if (room.kept) {
    saveLeft(room);
  }
}

/**
 * Shows for a while, in place of a room that I have left, a row with a button that undoes leaving.
 * @param {import("./left_room.js").LeftRoom & {id: string}} room
 * @param {import("../rooms_view.js").RoomsView} roomsView
 * @param {object} listeners
 * @param {() => void} listeners.onUndone  the room is in my list again
 * @param {(detail: string) => void} listeners.onError
 */
function showLeftRow(room, roomsView, { onUndone, onError }) {
  const { id, name } = room;
  const row = leftRow(room, async () => {
    if (await undoLeaving(room)) {
      roomsView.restoreRow(id);
      status.textContent = gettext("%(name)s is in your rooms again.", { name });
      onUndone();
    } else {
      onError(gettext("That did not work. Try again in a moment."));
    }
  });
  roomsView.replaceRow(id, row);
  status.textContent = leftStatus(room);
  afterUndoTime(row, () => roomsView.removeReplacement(id, row));
}

function leftRow(room, onUndo) {
  const { name, kind } = room;
  const undo = button(gettext("Undo"), onUndo, "rooms-undo");
  undo.ariaLabel = kind === "direct" ? gettext("Show %(name)s again", { name }) : gettext("Undo leaving %(name)s", { name });
  return element("li", "rooms-left", element("span", "rooms-name", leftText(room)), undo);
}

const leftStatus = ({ name, kind }) =>
  kind === "direct"
    ? gettext("%(name)s is hidden. Undo is in the list of rooms.", { name })
    : gettext("You left %(name)s. Undo is in the list of rooms.", { name });

const leftText = ({ name, kind }) =>
  kind === "direct" ? gettext("%(name)s is hidden.", { name }) : gettext("You left %(name)s.", { name });
