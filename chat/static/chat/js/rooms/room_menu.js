import { enableMenuKeys, openBeside } from "../ui/popover.js";
import { leaveLabel, muteLabel, starLabel } from "./room_actions.js";

/** The menu of a room in the sidebar: star, mute, leave. */
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
    const labels = { star: starLabel(room), mute: muteLabel(room), leave: leaveLabel(room) };
    Object.entries(labels).forEach(([action, label]) => (this.#item(action).textContent = label));
    openBeside(this.#menu, anchor);
    this.#menu.querySelector("button").focus();
  }

  #onClick({ target }) {
    const action = target.closest("[data-room-action]")?.dataset.roomAction;
    if (action) {
      this.#menu.hidePopover();
      const actions = { star: "toggleStarred", mute: "toggleMuted", leave: "leave" };
      this.#actions[actions[action]](this.#room);
    }
  }

  #item(action) {
    return this.#menu.querySelector(`[data-room-action=${action}]`);
  }
}
