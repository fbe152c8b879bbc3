import { gettext } from "../lib/i18n.js";
import { openBeside, walkMenu } from "../ui/popover.js";

/** What can be done with one of my rooms. */
export class RoomMenu {
  #menu = document.querySelector("[data-room-menu]");
  #token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  #room = null;
  #failed;
  #left;

  /**
   * @param {(detail: string) => void} failed
   * @param {(name: string) => void} left  a room is none of mine any more
   */
  constructor(failed, left) {
    this.#failed = failed;
    this.#left = left;
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    walkMenu(this.#menu);
  }

  open(room, anchor) {
    this.#room = room;
    this.#menu.querySelector("[data-room-action=mute]").textContent = room.muted ? gettext("Unmute") : gettext("Mute");
    openBeside(this.#menu, anchor);
    this.#menu.querySelector("button").focus();
  }

  #chosen({ target }) {
    const action = target.closest("[data-room-action]")?.dataset.roomAction;
    if (action) {
      this.#menu.hidePopover();
      action === "mute" ? this.#mute(this.#room) : this.#leave(this.#room);
    }
  }

  #mute({ name, muted }) {
    return this.#post(name, "mute", muted ? {} : { muted: "on" });
  }

  async #leave({ name }) {
    if (await this.#post(name, "leave", {})) {
      this.#left(name);
    }
  }

  async #post(name, action, fields) {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: this.#token });
    try {
      const response = await fetch(`/chat/${encodeURIComponent(name)}/${action}`, { method: "POST", body });
      if (!response.ok) {
        throw new Error(response.status);
      }
      return true;
    } catch {
      this.#failed(gettext("That did not work just now. Try again in a moment."));
      return false;
    }
  }
}
