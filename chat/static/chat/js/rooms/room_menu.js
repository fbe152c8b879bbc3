import { roomPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { enableMenuKeys, openBeside } from "../ui/popover.js";

/** The menu of a room in the sidebar: mute, leave. */
export class RoomMenu {
  #menu = document.querySelector("[data-room-menu]");
  #csrfToken = document.querySelector("[name=csrfmiddlewaretoken]").value;
  #room = null;
  #onError;
  #onLeft;

  /**
   * @param {(detail: string) => void} onError
   * @param {(room: {id: string}) => void} onLeft  I have left a room
   */
  constructor(onError, onLeft) {
    this.#onError = onError;
    this.#onLeft = onLeft;
    this.#menu.addEventListener("click", (event) => this.#onClick(event));
    enableMenuKeys(this.#menu);
  }

  open(room, anchor) {
    this.#room = room;
    this.#menu.querySelector("[data-room-action=mute]").textContent = room.muted ? gettext("Unmute") : gettext("Mute");
    openBeside(this.#menu, anchor);
    this.#menu.querySelector("button").focus();
  }

  #onClick({ target }) {
    const action = target.closest("[data-room-action]")?.dataset.roomAction;
    if (action) {
      this.#menu.hidePopover();
      action === "mute" ? this.#toggleMuted(this.#room) : this.#leave(this.#room);
    }
  }

  #toggleMuted({ name, muted }) {
    return this.#post(name, "mute", muted ? {} : { muted: "on" });
  }

  async #leave(room) {
    if (await this.#post(room.name, "leave", {})) {
      this.#onLeft(room);
    }
  }

  async #post(name, action, fields) {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: this.#csrfToken });
    try {
      const response = await fetch(`${roomPath(name)}${action}`, { method: "POST", body });
      if (!response.ok) {
        throw new Error(response.status);
      }
      return true;
    } catch {
      this.#onError(gettext("That did not work. Try again in a moment."));
      return false;
    }
  }
}
