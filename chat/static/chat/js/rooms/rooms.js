/** @typedef {import("../net/protocol.js").ListedRoom} ListedRoom */

const MAX_COUNT = 100; // the server counts no further

/**
 * My rooms with their unread counts: what the server counted, plus posts that came since. A post that is told twice
 * counts once.
 */
export class Rooms {
  #rooms = new Map(); // by name
  #current;
  #requestList;

  /**
   * @param {string} current  the room of this page, which has no counts
   * @param {() => void} requestList  asks the server for the list
   */
  constructor(current, requestList) {
    this.#current = current;
    this.#requestList = requestList;
  }

  /**
   * Latest activity first.
   * @returns {{name: string, topic: string, muted: boolean, isCurrent: boolean, unread: number, mentions: number}[]}
   */
  get all() {
    return [...this.#rooms.values()].sort((a, b) => b.activeAt - a.activeAt).map((room) => this.#counted(room));
  }

  /** @param {ListedRoom[]} listed */
  replace(listed) {
    this.#rooms = new Map(listed.map((room) => [room.name, entry(room)]));
  }

  /** @param {{name: string, posted_at: string, posts: number[], mentions: number[]}[]} news */
  applyNews(news) {
    for (const { name, posted_at: postedAt, posts, mentions } of news) {
      const room = this.#rooms.get(name);
      if (room) {
        posts.forEach((seq) => room.posts.add(seq));
        mentions.forEach((seq) => room.mentions.add(seq));
        room.activeAt = new Date(postedAt);
      }
    }
  }

  /** A room was read up to a message, here or elsewhere. @param {string} name  @param {number} seq */
  markRead(name, seq) {
    const room = this.#rooms.get(name);
    if (!room) {
      return;
    }
    deleteUpTo(room.posts, seq);
    deleteUpTo(room.mentions, seq);
    if (seq >= room.seq) {
      room.counts = { unread: 0, mentions: 0 };
    } else if (room.counts.unread && name !== this.#current) {
      this.#requestList(); // how many of the counted posts are read now, the server knows
    }
  }

  /** Something was posted in this page's room. @param {Date} at */
  markActive(at) {
    const room = this.#rooms.get(this.#current);
    if (room && at > room.activeAt) {
      room.activeAt = at;
    }
  }

  #counted({ name, topic, muted, counts, seq, posts, mentions }) {
    const countSince = (seqs) => [...seqs].filter((it) => it > seq).length;
    const isCurrent = name === this.#current;
    return {
      name,
      topic,
      muted,
      isCurrent,
      unread: isCurrent || muted ? 0 : Math.min(MAX_COUNT, counts.unread + countSince(posts)),
      mentions: isCurrent ? 0 : Math.min(MAX_COUNT, counts.mentions + countSince(mentions)),
    };
  }
}

function entry({ name, topic, muted, seq, unread, mentions, posted_at: postedAt }) {
  const activeAt = new Date(postedAt ?? 0);
  return { name, topic, muted, seq, activeAt, counts: { unread, mentions }, posts: new Set(), mentions: new Set() };
}

function deleteUpTo(seqs, last) {
  seqs.forEach((seq) => seq <= last && seqs.delete(seq));
}

/** Room names are equal if their keys are. Accents count. @param {string} name */
export const roomKey = (name) => name.normalize("NFKC").toLowerCase();

/** A count for a badge. @param {number} count */
export const formatCount = (count) => (count >= MAX_COUNT ? `${MAX_COUNT - 1}+` : String(count));
