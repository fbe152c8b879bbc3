import { gettext } from "../lib/i18n.js";
import { excerpt } from "../messages/quote_view.js";

/** Desktop notifications of what means me, while nobody looks; once I allowed them. */
export class Notices {
  #button = document.querySelector("[data-notify]");
  #room;

  /** @param {string} room */
  constructor(room) {
    this.#room = room;
    this.#button.addEventListener("click", () => this.#ask());
    this.#show();
  }

  /** @param {import("../net/protocol.js").Message} message */
  tell(message) {
    const { seq, author } = message;
    if (document.hidden && permission() === "granted") {
      const notice = new Notification(gettext("%(name)s in %(room)s", { name: author.name, room: this.#room }), {
        body: excerpt(message),
        tag: `${this.#room} ${seq}`, // two tabs tell once
      });
      notice.onclick = () => {
        focus();
        location.hash = seq;
        notice.close();
      };
    }
  }

  /** Somebody meant me in another of my rooms. @param {string} room */
  tellOf(room) {
    if (document.hidden && permission() === "granted") {
      const notice = new Notification(gettext("You were mentioned in %(room)s", { room }), { tag: room });
      notice.onclick = () => location.assign(`/chat/${encodeURIComponent(room)}/`);
    }
  }

  async #ask() {
    await Notification.requestPermission();
    this.#show();
  }

  /** The button is there for as long as there is something to ask. */
  #show() {
    this.#button.hidden = permission() !== "default";
  }
}

/** Insecure origins have none to give. */
const permission = () => (isSecureContext && "Notification" in window ? Notification.permission : "denied");
