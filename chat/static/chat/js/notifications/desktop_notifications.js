import { roomPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { excerpt } from "../messages/quote_view.js";

/** Desktop notifications of mentions, while the page is hidden and permission is given. */
export class DesktopNotifications {
  #button = document.querySelector("[data-notify]");
  #room;

  /** @param {{id: ?string, name: string}} room */
  constructor(room) {
    this.#room = room;
    this.#button.addEventListener("click", () => this.#requestPermission());
    this.#updateButton();
  }

  /** @param {import("../net/protocol.js").Message} message  of this room */
  showMention(message) {
    const { seq, author } = message;
    if (document.hidden && permission() === "granted") {
      const notification = new Notification(gettext("%(name)s in %(room)s", { name: author.name, room: this.#room.name }), {
        body: excerpt(message),
        tag: `${this.#room.id} ${seq}`, // two tabs show one notification
      });
      notification.onclick = () => {
        focus();
        location.hash = seq;
        notification.close();
      };
    }
  }

  /** @param {{id: string, name: string}} room  another one of mine */
  showMentionIn({ id, name }) {
    if (document.hidden && permission() === "granted") {
      const notification = new Notification(gettext("You were mentioned in %(room)s", { room: name }), { tag: id });
      notification.onclick = () => location.assign(roomPath(name));
    }
  }

  async #requestPermission() {
    await Notification.requestPermission();
    this.#updateButton();
  }

  #updateButton() {
    this.#button.hidden = permission() !== "default";
  }
}

/** Insecure origins have no notifications. */
const permission = () => (isSecureContext && "Notification" in window ? Notification.permission : "denied");
