/** @typedef {import("../net/protocol.js").ListedRoom} ListedRoom */

const MANY = 100; // counted no further

/**
 * My rooms, and what is new in each: what the server counted, and what was posted since. News that
 * comes twice counts once.
 */
export class Rooms {
  #rooms = new Map(); // by name
  #here;
  #refresh;

  /**
   * @param {string} here  the room this page is in; it counts for itself
   * @param {() => void} refresh  asks the server for the list
   */
  constructor(here, refresh) {
    this.#here = here;
    this.#refresh = refresh;
  }

  /** The last active first. @returns {{name: string, topic: string, muted: boolean, unread: number, mentions: number}[]} */
  get all() {
    return [...this.#rooms.values()].sort((a, b) => b.at - a.at).map((room) => this.#shown(room));
  }

  /** @param {ListedRoom[]} listed */
  replace(listed) {
    this.#rooms = new Map(listed.map((room) => [room.name, entry(room)]));
  }

  /** @param {{name: string, posted_at: string, posts: number[], mentions: number[]}[]} news */
  take(news) {
    for (const { name, posted_at, posts, mentions } of news) {
      const room = this.#rooms.get(name);
      if (room) {
        posts.forEach((seq) => room.posts.add(seq));
        mentions.forEach((seq) => room.mentions.add(seq));
        room.at = new Date(posted_at);
      }
    }
  }

  /** I have read on, here or elsewhere. @param {string} name  @param {number} seq */
  read(name, seq) {
    const room = this.#rooms.get(name);
    if (!room) {
      return;
    }
    forget(room.posts, seq);
    forget(room.mentions, seq);
    if (seq >= room.seq) {
      room.counted = { unread: 0, mentions: 0 };
    } else if (room.counted.unread && name !== this.#here) {
      this.#refresh(); // some of what was counted is read now
    }
  }

  /** Something was said in this room. @param {Date} at */
  posted(at) {
    const room = this.#rooms.get(this.#here);
    if (room && at > room.at) {
      room.at = at;
    }
  }

  #shown({ name, topic, muted, counted, seq, posts, mentions }) {
    const since = (seqs) => [...seqs].filter((it) => it > seq).length;
    const isHere = name === this.#here;
    return {
      name,
      topic,
      muted,
      isHere,
      unread: isHere || muted ? 0 : Math.min(MANY, counted.unread + since(posts)),
      mentions: isHere ? 0 : Math.min(MANY, counted.mentions + since(mentions)),
    };
  }
}

function entry({ name, topic, muted, seq, unread, mentions, posted_at }) {
  const at = new Date(posted_at ?? 0);
  return { name, topic, muted, seq, at, counted: { unread, mentions }, posts: new Set(), mentions: new Set() };
}

function forget(seqs, upTo) {
  seqs.forEach((seq) => seq <= upTo && seqs.delete(seq));
}

/** As names of rooms are compared: é is no e there. @param {string} name */
export const keyOf = (name) => name.normalize("NFKC").toLowerCase();

/** A count as people read it. @param {number} count */
export const asCount = (count) => (count >= MANY ? `${MANY - 1}+` : String(count));
