/** @typedef {import("../net/protocol.js").ListedRoom} ListedRoom */

const MAX_COUNT = 100; // the server counts no further
const RECOUNT_MS = 5_000; // at most, after something counted was deleted: not all pages ask at once

/**
 * My rooms with their unread counts: what the server counted, plus posts that came since. A post that is reported
 * twice counts once.
 */
export class Rooms {
  #rooms = new Map(); // by id
  #keeping = new Set(); // ids of rooms that I keep, until a list of the server has that
  #assumed = new Map(); // my changes that the server's list may not show yet, by id of the room
  #current;
  #requestList;
  #timer = 0;

  /**
   * @param {{id: ?string}} current  the room of this page, which has no counts
   * @param {() => void} requestList  asks the server for the list
   */
  constructor(current, requestList) {
    this.#current = current;
    this.#requestList = requestList;
  }

  /**
   * Latest activity first.
   * @returns {{id: string, name: string, kind: string, topic: string, muted: boolean, starred: boolean,
   *   archived: boolean, kept: boolean, isCurrent: boolean, read: number, unread: number, mentions: number}[]}
   */
  get all() {
    const rooms = [...this.#rooms.values()].map((room) => ({ ...room, ...this.#assumed.get(room.id) }));
    const mine = rooms.filter(({ isLeft }) => !isLeft);
    return mine.sort((a, b) => b.activeAt - a.activeAt).map((room) => this.#counted(room));
  }

  /** What the counts of all rooms add up to. @returns {{unread: number, mentions: number}} */
  get totals() {
    const { all } = this;
    const sum = (field) => all.reduce((total, room) => total + room[field], 0);
    return { unread: sum("unread"), mentions: sum("mentions") };
  }

  /** @param {ListedRoom[]} listed */
  replace(listed) {
    this.#rooms = new Map(listed.map((room) => [room.id, entry(room)]));
    this.#assumed.forEach(({ isStored }, id) => isStored && this.#assumed.delete(id));
    listed.forEach(({ id, kept = true }) => (kept ? this.#keeping.delete(id) : this.#keeping.has(id) && this.keep(id)));
  }

  /** Shows a change of mine before it is stored. @param {string} id  @param {{muted?: boolean, starred?: boolean, isLeft?: boolean}} change */
  assume(id, change) {
    this.#assumed.set(id, { ...change, isStored: false });
  }

  /** The change is stored: the server's next list shows it, if it was not in the last. @param {string} id */
  keepAssumed(id) {
    this.#assumed.set(id, { ...this.#assumed.get(id), isStored: true });
  }

  /** The change failed. @param {string} id */
  dropAssumed(id) {
    this.#assumed.delete(id);
  }

  /**
   * @param {{id: string, posted_at: string, posts: number[], mentions: number[], deleted?: number[],
   *   unmentioned?: number[]}[]} news
   */
  applyNews(news) {
    for (const { id, posted_at: postedAt, posts, mentions, deleted = [], unmentioned = [] } of news) {
      const room = this.#rooms.get(id);
      if (room) {
        posts.forEach((seq) => room.posts.add(seq));
        mentions.forEach((seq) => room.mentions.add(seq));
        room.activeAt = new Date(postedAt);
        deleted.forEach((seq) => room.posts.delete(seq));
        unmentioned.forEach((seq) => room.mentions.delete(seq));
        this.#recount(room, [...deleted, ...unmentioned]);
      }
    }
  }

  /** Asks for the list again if these messages may be among those the server counted. */
  #recount({ seq, read, counts }, seqs) {
    if (counts.unread && seqs.some((it) => it > read && it <= seq)) {
      this.#timer ||= setTimeout(() => {
        this.#timer = 0;
        this.#requestList();
      }, Math.random() * RECOUNT_MS);
    }
  }

  /** I have read a room up to a message, on this device or another. @param {string} id  @param {number} seq */
  markRead(id, seq) {
    const room = this.#rooms.get(id);
    if (!room) {
      return;
    }
    room.read = Math.max(room.read, seq);
    deleteUpTo(room.posts, seq);
    deleteUpTo(room.mentions, seq);
    if (seq >= room.seq) {
      room.counts = { unread: 0, mentions: 0 };
    } else if (room.counts.unread && id !== this.#current.id) {
      this.#requestList(); // only the server knows how many of the counted posts are read now
    }
  }

  /** I keep a room that I only looked at: a list on its way may not know yet. @param {?string} id */
  keep(id) {
    this.#keeping.add(id);
    Object.assign(this.#rooms.get(id) ?? {}, { kept: true });
  }

  /** Something was posted in this page's room. @param {Date} at */
  markActive(at) {
    const room = this.#rooms.get(this.#current.id);
    if (room && at > room.activeAt) {
      room.activeAt = at;
    }
  }

  #counted({ id, name, kind, topic, muted, starred, archived, kept, picture, read, counts, seq, posts, mentions }) {
    const countSince = (seqs) => [...seqs].filter((it) => it > seq).length;
    const isCurrent = id === this.#current.id;
    const isQuiet = isCurrent || archived;
    return {
      id,
      name,
      kind,
      topic,
      muted,
      starred,
      archived,
      kept,
      picture,
      isCurrent,
      read,
      unread: isQuiet || muted ? 0 : Math.min(MAX_COUNT, counts.unread + countSince(posts)),
      mentions: isQuiet ? 0 : Math.min(MAX_COUNT, counts.mentions + countSince(mentions)),
    };
  }
}

function entry({ unread, mentions, posted_at: postedAt, kept = true, kind = "open", starred = false, archived = false, ...room }) {
  const activeAt = new Date(postedAt ?? 0);
  return { ...room, kept, kind, starred, archived, activeAt, counts: { unread, mentions }, posts: new Set(), mentions: new Set() };
}

function deleteUpTo(seqs, last) {
  seqs.forEach((seq) => seq <= last && seqs.delete(seq));
}

/** Room names are equal if their keys are. Accents count. @param {string} name */
export const roomKey = (name) => singleSpaced(name.normalize("NFKC")).toLowerCase();

const NAME = /^[\p{L}\p{N}\-_.][\p{L}\p{N}\p{M}\-_. ]{0,63}$/u; // roughly: the server decides

/** @param {string} text */
export const isRoomName = (text) => NAME.test(text.normalize("NFKC"));

/** A typed name without the # that other chats write before it. @param {string} typed */
export const withoutHash = (typed) => typed.trim().replace(/^[#＃]+/, "");

/** @param {string} text */
export const singleSpaced = (text) => text.trim().replace(/ {2,}/g, " ");

/** A count for a badge. @param {number} count */
export const formatCount = (count) => (count >= MAX_COUNT ? `${MAX_COUNT - 1}+` : String(count));
