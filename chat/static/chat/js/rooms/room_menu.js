import { enableMenuKeys, openBeside } from "../ui/popover.js";
import { muteLabel } from "./room_actions.js";

/** The menu of a room in the sidebar: mute, leave. */
export class RoomMenu {
  #menu = document.querySelector("[data-room-menu]");
  #room = null;
  #actions;

  /** @param {import("./room_actions.js").RoomActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#menu.addEventListener("click", (event) => this.#onClick(event));
    enableMenuKeys(this.#menu);
  }

  open(room, anchor) {
    this.#room = room;
    this.#menu.querySelector("[data-room-action=mute]").textContent = muteLabel(room);
    openBeside(this.#menu, anchor);
    this.#menu.querySelector("button").focus();
  }

  #onClick({ target }) {
    const action = target.closest("[data-room-action]")?.dataset.roomAction;
    if (action) {
      this.#menu.hidePopover();
      action === "mute" ? this.#actions.toggleMuted(this.#room) : this.#actions.leave(this.#room);
    }
  }
}
