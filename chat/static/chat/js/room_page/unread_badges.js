import { mentionsPerson } from "../net/protocol.js";
import { DesktopNotifications } from "../notifications/desktop_notifications.js";
import { TitleBadge } from "../notifications/title_badge.js";

/** The unread counts in the sidebar, the room switcher and the title, and the desktop notifications. */
export class UnreadBadges {
  #me;
  #rooms;
  #views;
  #titleBadge = new TitleBadge();
  #notifications;
  #missed = { unread: 0, mentions: 0 }; // in this room, while the page is hidden

  /**
   * @param {import("./model.js").Model} model
   * @param {{update: () => void}[]} views  that show counts of rooms
   */
  constructor({ me, room, rooms }, views) {
    this.#me = me;
    this.#rooms = rooms;
    this.#views = views;
    this.#notifications = new DesktopNotifications(room);
    document.addEventListener("visibilitychange", () => document.hidden || this.#reset());
  }

  update() {
    this.#views.forEach((view) => view.update());
    const rooms = this.#rooms.all;
    this.#titleBadge.show({
      unread: rooms.reduce((sum, { unread }) => sum + unread, this.#missed.unread),
      mentions: rooms.reduce((sum, { mentions }) => sum + mentions, this.#missed.mentions),
    });
  }

  /** Posts by others in this room. @param {import("../net/protocol.js").Message[]} messages */
  addPosts(messages) {
    if (document.hidden && messages.length) {
      const mentions = messages.filter((message) => mentionsPerson(message, this.#me));
      this.#missed.unread += messages.length;
      this.#missed.mentions += mentions.length;
      mentions.forEach((message) => this.#notifications.showMention(message));
    }
    this.update();
  }

  /** Posts in other rooms. @param {{id: string, name: string, mentions: number[]}[]} news */
  addNews(news) {
    news.filter(({ mentions }) => mentions.length).forEach((room) => this.#notifications.showMentionIn(room));
    this.update();
  }

  #reset() {
    this.#missed = { unread: 0, mentions: 0 };
    this.update();
  }
}
