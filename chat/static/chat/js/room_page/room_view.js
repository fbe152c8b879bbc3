import { gettext } from "../lib/i18n.js";
import { isolate } from "../lib/isolate.js";

/** What the page says of its room: the name, and whether it is archived. */
export class RoomView {
  #room;
  #onTitle;
  #seq = 0; // of the last event that was applied

  /**
   * @param {{id: ?string, name: string, kind: string}} room
   * @param {(title: string) => void} onTitle  of the document
   */
  constructor(room, onTitle) {
    this.#room = room;
    this.#onTitle = onTitle;
  }

  /** @param {{id: string, name: string, kind?: string, archived?: boolean, locked?: boolean, slow?: number}} present  as events have it */
  show(present) {
    this.update({ kind: "open", archived: false, locked: false, slow: 0, ...present });
  }

  /** @param {{name?: string, kind?: string, archived?: boolean}} changes */
  update(changes) {
    const { name } = this.#room;
    Object.assign(this.#room, changes, { name: changes.name || name });
    document.querySelector("[data-archived]").hidden = !this.#room.archived;
    name === this.#room.name || this.#showName(this.#room.name);
  }

  /** Events of the room that came after those applied before. @param {import("../net/protocol.js").Message[]} messages */
  applyEvents(messages) {
    for (const { seq, event } of messages.filter((it) => it.event && it.seq > this.#seq)) {
      this.#seq = seq;
      const changes = {
        archived: { archived: true },
        unarchived: { archived: false },
        room_renamed: { name: event.to },
        became_members: { name: event.to, kind: "members" },
      };
      changes[event.type] && this.update(changes[event.type]);
    }
  }

  #showName(name) {
    document.querySelectorAll("[data-room-name], [for=chat-message-input] bdi").forEach((node) => (node.textContent = name));
    document.querySelector("#chat-message-input").placeholder = gettext("Message %(room)s", { room: name });
    this.#onTitle(`${isolate(name)} · Lobby`);
  }
}
