import { roomPath } from "../../lib/addresses.js";
import { afterUndoTime, takeLeft, undoLeaving } from "./left_room.js";

/** Says on the index which room was left just now, with a button that undoes that and goes back. */
export function showLeftNotice() {
  const room = takeLeft();
  if (!room) {
    return;
  }
  const notice = document.querySelector("[data-left-notice]");
  notice.append(notice.querySelector("template").content.cloneNode(true));
  const text = notice.querySelector(`[data-left="${room.kind === "direct" ? "direct" : "room"}"]`);
  text.querySelector("bdi").textContent = room.name;
  text.hidden = false;
  notice.querySelector("button").addEventListener("click", async () => {
    if (await undoLeaving(room)) {
      location.assign(roomPath(room));
    } else {
      text.textContent = notice.dataset.failed;
    }
  });
  notice.hidden = false;
  afterUndoTime(notice, () => (notice.hidden = true));
}
