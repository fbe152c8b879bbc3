import { isForMe, isPost } from "../net/protocol.js";
import { enableNotifications, permission } from "../notifications/notification_permission.js";
import { TitleBadge } from "../notifications/title_badge.js";
import { isMe } from "../people/is_me.js";

const MAX_MISSED = 1_000; // counted

/** The unread counts in the sidebar, the room switcher and the title, and the desktop notifications. */
export class UnreadBadges {
  #me;
  #room;
  #rooms;
  #views;
  #titleBadge = new TitleBadge();
  #reading;
  #missed = new Map(); // in this room, while the page is hidden: whether a message mentions me, by seq

  /**
   * @param {import("./model.js").Model} model
   * @param {{update: () => void}[]} views  that show counts of rooms
   * @param {import("./on_demand_views.js").OnDemandViews} reading
   */
  constructor({ me, room, rooms }, views, reading) {
    this.#me = me;
    this.#room = room;
    this.#rooms = rooms;
    this.#views = views;
    this.#reading = reading;
    enableNotifications();
    document.addEventListener("visibilitychange", () => document.hidden || this.#reset());
  }

  /** @param {string} title  of the document, without counts */
  setTitle(title) {
    this.#titleBadge.setTitle(title);
  }

  update() {
    this.#views.forEach((view) => view.update());
    const { unread, mentions } = this.#rooms.totals;
    const missedMentions = [...this.#missed.values()].filter(Boolean).length;
    this.#titleBadge.show({ unread: unread + this.#missed.size, mentions: mentions + missedMentions });
  }

  /** Posts in this room, and later states of its messages. @param {import("../net/protocol.js").Message[]} messages */
  applyMessages(messages) {
    if (document.hidden) {
      this.#addPosts(messages.filter((message) => isPost(message) && !isMe(message.author, this.#me)));
    }
    this.#applyChanges(messages.filter((message) => !isPost(message)));
    this.update();
  }

  /** Posts in other rooms. @param {{id: string, name: string, mentions: number[]}[]} news */
  addNews(news) {
    const mentioning = new Set(news.filter(({ mentions }) => mentions.length).map(({ id }) => id));
    const rooms = this.#rooms.all.filter(({ id }) => mentioning.has(id)); // a kind is in the list alone
    rooms.forEach((room) => this.#notify((it) => it.showMentionIn(room)));
    this.update();
  }

  #addPosts(messages) {
    const mentions = messages.filter((message) => this.#isForMe(message));
    messages.forEach((message) => this.#missed.set(message.seq, mentions.includes(message)));
    [...this.#missed.keys()].slice(0, -MAX_MISSED).forEach((seq) => this.#missed.delete(seq));
    mentions.forEach((message) => this.#notify((it) => it.showMention(message)));
  }

  async #notify(show) {
    if (document.hidden && permission() === "granted") {
      const reading = await this.#reading.load();
      reading && show(reading.notifications);
    }
  }

  /** Some are edited, or deleted. */
  #applyChanges(messages) {
    for (const message of messages.filter(({ seq }) => this.#missed.has(seq))) {
      message.deleted ? this.#missed.delete(message.seq) : this.#missed.set(message.seq, this.#isForMe(message));
    }
  }

  #isForMe(message) {
    const { kind } = this.#rooms.all.some(({ isCurrent, muted }) => isCurrent && muted) ? {} : this.#room;
    return isForMe(message, this.#me, { kind });
  }

  #reset() {
    this.#missed.clear();
    this.update();
  }
}
