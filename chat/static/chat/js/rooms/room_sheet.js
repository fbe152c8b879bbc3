import { gettext } from "../lib/i18n.js";
import { setText } from "../ui/dom.js";
import { leaveLabel, muteLabel, starLabel } from "./room_actions.js";

const PEOPLE_BUTTON = document.querySelector("[data-toggle=people]");

/**
 * @typedef {object} RoomSheetActions
 * @property {() => string} topic
 * @property {() => void} editTopic
 * @property {() => Promise<void>} requestNotifications
 * @property {() => "default"|"granted"|"denied"|"unsupported"} notificationPermission
 */

/** The sheet of this page's room: its whole name and topic, and what one can do with the room. */
export class RoomSheet {
  #dialog = document.querySelector("[data-room-sheet]");
  #rooms;
  #room;
  #roomActions;
  #actions;

  /**
   * @param {import("./rooms.js").Rooms} rooms
   * @param {{id: ?string, name: string}} room
   * @param {import("./room_actions.js").RoomActions} roomActions
   * @param {RoomSheetActions} actions
   */
  constructor(rooms, room, roomActions, actions) {
    this.#rooms = rooms;
    this.#room = room;
    this.#roomActions = roomActions;
    this.#actions = actions;
    this.#dialog.addEventListener("click", (event) => this.#onClick(event));
  }

  open() {
    this.#dialog.showModal();
    this.#showNote("");
    this.update();
    this.#dialog.scrollTop = 0;
  }

  update() {
    if (this.#dialog.open) {
      const topic = this.#actions.topic();
      setText(this.#find("[data-sheet-topic]"), topic);
      setText(this.#find("[data-sheet-action=topic]"), topic ? gettext("Edit topic") : gettext("Set a topic"));
      setText(this.#find("[data-sheet-star]"), starLabel(this.#listed));
      setText(this.#find("[data-sheet-mute]"), muteLabel(this.#listed));
      setText(this.#find("[data-sheet-leave]"), leaveLabel(this.#listed));
      this.#find("[data-sheet-action=people]").hidden = PEOPLE_BUTTON.ariaExpanded === "true";
      setText(this.#find("[data-sheet-people]"), document.querySelector("[data-people-count]").textContent);
      this.#showNotifications(this.#actions.notificationPermission());
    }
  }

  #showNotifications(permission) {
    const row = this.#find("[data-sheet-action=notify]");
    row.hidden = permission === "unsupported";
    row.disabled = permission !== "default";
    const labels = {
      default: gettext("Notify me when I’m mentioned"),
      granted: gettext("You are notified when you are mentioned"),
      denied: gettext("Your browser blocks notifications from this site"),
    };
    setText(this.#find("[data-sheet-notify]"), labels[permission] ?? "");
  }

  /** As the list of rooms has this one. The list may be still to come. */
  get #listed() {
    return this.#rooms.all.find(({ isCurrent }) => isCurrent) ?? { ...this.#room, muted: false, starred: false };
  }

  #onClick({ target }) {
    const actions = {
      topic: () => this.#leaveFor(this.#actions.editTopic),
      people: () => this.#leaveFor(() => PEOPLE_BUTTON.click()),
      notify: () => this.#actions.requestNotifications().then(() => this.update()),
      star: () => this.#toggle("toggleStarred"),
      mute: () => this.#toggle("toggleMuted"),
      leave: () => this.#leaveFor(() => this.#roomActions.leave(this.#listed)),
    };
    actions[target.closest("[data-sheet-action]")?.dataset.sheetAction]?.();
  }

  async #toggle(action) {
    this.#showNote("");
    this.#showNote((await this.#roomActions[action](this.#listed)) ?? "");
  }

  /** The page's own notices are behind the sheet. */
  #showNote(text) {
    setText(this.#find("[data-sheet-note]"), text);
  }

  #leaveFor(action) {
    this.#dialog.close();
    action();
  }

  #find(selector) {
    return this.#dialog.querySelector(selector);
  }
}
