import { formatList, gettext } from "../lib/i18n.js";
import { setText } from "../ui/dom.js";
import { formatCount } from "./rooms.js";
import { countLabels } from "./rooms_view.js";

/** The button that opens the rooms: a dot if another room has news, a count of what is for me. */
export class RoomsButton {
  #button = document.querySelector("[data-toggle=rooms]");
  #badge = document.querySelector("[data-rooms-badge]");
  #rooms;

  /** @param {import("./rooms.js").Rooms} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
  }

  update() {
    const { unread, mentions } = this.#rooms.totals;
    this.#badge.hidden = !unread && !mentions;
    setText(this.#badge, mentions ? formatCount(mentions) : "");
    this.#button.ariaLabel = formatList([gettext("Rooms"), ...countLabels(unread, mentions)], { type: "unit" });
  }
}
