import { roomPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { excerpt } from "../messages/quote_view.js";
import { repliesTo } from "../net/protocol.js";

/** Desktop notifications of mentions, for a page that is hidden and has the permission. */
export class DesktopNotifications {
  #room;
  #me;
  #labelOf;
  #registration = null; // of the service worker, once it is active

  /**
   * @param {{id: ?string, name: string}} room
   * @param {{id: string}} me
   * @param {(author: {id: string, name: string}) => string} labelOf
   */
  constructor(room, me, labelOf) {
    this.#room = room;
    this.#me = me;
    this.#labelOf = labelOf;
    navigator.serviceWorker?.ready.then((registration) => (this.#registration = registration));
  }

  /** @param {import("../net/protocol.js").Message} message  of this room */
  showMention(message) {
    const { seq, author } = message;
    const values = { name: this.#labelOf(author), room: this.#room.name };
    const isReply = repliesTo(message, this.#me);
    const title = isReply ? gettext("%(name)s replied to you in %(room)s", values) : gettext("%(name)s in %(room)s", values);
    const tag = `${this.#room.id} ${seq}`; // two tabs show one notification
    this.#show(title, { body: excerpt(message), tag }, `${location.pathname}#${seq}`);
  }

  /** @param {{id: string, name: string, kind: string}} room  another one of mine */
  showMentionIn(room) {
    const title = gettext("A message for you in %(room)s", { room: room.name });
    this.#show(title, { tag: room.id }, roomPath(room));
  }

  /** Android has notifications of service workers only: there, the constructor throws. */
  async #show(title, options, url) {
    try {
      const shown = { ...options, data: { url } };
      this.#registration ? await this.#registration.showNotification(title, shown) : showFromPage(title, shown);
    } catch (error) {
      console.warn("The notification could not be shown:", error);
    }
  }
}

function showFromPage(title, options) {
  const notification = new Notification(title, options);
  notification.onclick = () => {
    focus();
    location.assign(options.data.url);
    notification.close();
  };
}
