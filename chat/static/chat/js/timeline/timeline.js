import { eventText } from "../messages/event_text.js";
import { gettext } from "../lib/i18n.js";
import { lookalikeKey, markAmong } from "../people/lookalikes.js";
import { lowerBound } from "../lib/lower_bound.js";

/** @typedef {import("../net/protocol.js").Message} Message */

const MARGIN = 400; // messages kept on either side of the rendered ones
const MAX_OUTSIDE = 1_000; // states kept of messages outside the part
const MAX_SEEN_IDS = 1_000;
const MAX_NAMES = 2_000; // beyond, only of authors in the part

/**
 * A part of a room's messages without a gap, by seq, each in its newest state. Usually it is the latest part; while a
 * person reads far back, it is the part around there.
 */
export class Timeline {
  #messages = new Map(); // by seq
  #seqs = []; // ascending
  #outside = new Map(); // newest states of messages outside the part, by seq; the latest to come
  #forgotten = 0; // the greatest seq that `#outside` has forgotten
  #seenIds = new Set(); // ids that senders gave to messages, the latest
  #names = new Map(); // of authors, from their latest message, by id
  #renamed = new Set(); // ids of authors renamed since `popRenamed`
  #me;
  expired = 0; // messages up to this seq are gone from the room
  hasOlder = false; // messages in the room before this part
  hasNewer = false;

  /** @param {{id: string}} me */
  constructor(me = { id: "" }) {
    this.#me = me;
  }

  /** @returns {?number} */
  get oldest() {
    return this.#seqs[0] ?? null;
  }

  /** @returns {?number} */
  get newest() {
    return this.#seqs.at(-1) ?? null;
  }

  get isEmpty() {
    return this.#seqs.length === 0;
  }

  /** @returns {number[]} */
  get seqs() {
    return this.#seqs;
  }

  /** @returns {Message[]} in the order of their seqs */
  get messages() {
    return this.#seqs.map((seq) => this.#messages.get(seq));
  }

  /** @param {number} seq  @returns {Message} */
  get(seq) {
    return this.#messages.get(seq);
  }

  /** The newest state known of a message, also of one outside this part. @param {number} seq  @returns {?Message} */
  known(seq) {
    return this.#messages.get(seq) ?? this.#outside.get(seq);
  }

  /** Whether a message of the room at this seq belongs to this part. @param {number} seq */
  covers(seq) {
    const start = this.hasOlder ? (this.oldest ?? 0) : 0;
    const end = this.hasNewer ? (this.newest ?? 0) : Infinity;
    return seq >= start && seq <= end;
  }

  /** @param {number} seq */
  has(seq) {
    return this.#messages.has(seq);
  }

  /** The next seq in this part. @param {number} seq  @returns {?number} */
  after(seq) {
    return this.#seqs[this.#indexOf(seq + 1)] ?? null;
  }

  /** The previous seq in this part. @param {number} seq  @returns {?number} */
  before(seq) {
    return this.#seqs[this.#indexOf(seq) - 1] ?? null;
  }

  /** Up to `count` seqs before this one, ascending. @returns {number[]} */
  seqsBefore(seq, count) {
    const end = this.#indexOf(seq);
    return this.#seqs.slice(Math.max(0, end - count), end);
  }

  /** Up to `count` seqs after this one, ascending. @returns {number[]} */
  seqsAfter(seq, count) {
    const start = this.#indexOf(seq + 1);
    return this.#seqs.slice(start, start + count);
  }

  /** How many messages of this part lie before a seq. @param {number} seq */
  countBefore(seq) {
    return this.#indexOf(seq);
  }

  /** How many messages of this part lie after a seq. @param {number} seq */
  countAfter(seq) {
    return this.#seqs.length - this.#indexOf(seq + 1);
  }

  /** Whether a message of this id was put here lately. @param {string} id */
  hasSeen(id) {
    return this.#seenIds.has(id);
  }

  /** @param {(message: Message) => boolean} predicate  @returns {?Message} */
  findLast(predicate) {
    const seq = this.#seqs.findLast((it) => predicate(this.#messages.get(it)));
    return seq === undefined ? null : this.#messages.get(seq);
  }

  clear() {
    this.#outside.clear();
    this.#forgotten = 0;
    this.#messages.clear();
    this.#seqs = [];
    this.hasNewer = false;
  }

  /**
   * Becomes another part of the room.
   * @param {Message[]} messages
   * @param {{more: boolean, newer?: boolean}} page  whether the room has older messages, and newer ones
   */
  replace(messages, { more, newer = false }) {
    this.#messages.forEach((message) => this.#putOutside(message));
    const states = messages.map((message) => this.#newest(message));
    this.#messages.clear();
    this.#seqs = [];
    this.hasOlder = this.hasNewer = false;
    this.put(states);
    this.hasOlder = more;
    this.hasNewer = newer;
    this.#putOutsideAtEnd();
  }

  /**
   * Forgets the messages far from these two: they are fetched again when the reader comes near.
   * @param {number} first  a seq
   * @param {number} last
   */
  keepAround(first, last) {
    const start = Math.max(0, this.#indexOf(first) - MARGIN);
    const end = this.#indexOf(last + 1) + MARGIN;
    const forgotten = [...this.#seqs.slice(0, start), ...this.#seqs.slice(end)];
    this.hasOlder ||= start > 0;
    this.hasNewer ||= end < this.#seqs.length;
    if (forgotten.length) {
      forgotten.forEach((seq) => this.#messages.delete(seq));
      this.#seqs = this.#seqs.slice(start, end);
      this.#forgetNames();
    }
  }

  /** The room keeps no messages up to a seq any more. @param {number} seq  @returns {boolean} whether some were here */
  expire(seq) {
    this.expired = Math.max(this.expired, seq);
    const gone = this.#seqs.splice(0, this.#indexOf(this.expired + 1));
    gone.forEach((it) => this.#messages.delete(it));
    [...this.#outside.keys()].filter((it) => it <= this.expired).forEach((it) => this.#outside.delete(it));
    this.hasOlder &&= gone.length === 0; // before them, none is left either
    return gone.length > 0;
  }

  /**
   * Puts the page that follows this part.
   * @param {Message[]} messages
   * @param {boolean} newer  whether the room has still newer messages
   * @returns {Message[]} those that changed something
   */
  putNewer(messages, newer) {
    this.hasNewer = false;
    const changed = this.put(messages.map((message) => this.#newest(message)));
    this.hasNewer = newer;
    return [...changed, ...this.#putOutsideAtEnd()];
  }

  /**
   * Puts the page that precedes this part.
   * @param {Message[]} messages
   * @param {boolean} more  whether the room has still older messages
   * @returns {Message[]} those that changed something
   */
  putOlder(messages, more) {
    this.hasOlder = false;
    const changed = this.put(messages.map((message) => this.#newest(message)));
    this.hasOlder = more;
    return changed;
  }

  /**
   * Puts states of messages. Earlier states than the known ones change nothing; messages outside this part are kept
   * aside, as they would look like neighbours of messages they are far from.
   * @param {Message[]} messages
   * @returns {Message[]} those that changed something
   */
  put(messages) {
    return messages.filter((message) => {
      if (message.seq <= this.expired) {
        return false; // of a page that was on its way
      }
      if (message.event) {
        message.text = eventText(message, this.#me); // in the language of the page
      }
      this.#seenIds.add(message.id);
      forgetFirst(this.#seenIds, MAX_SEEN_IDS);
      const known = this.#messages.get(message.seq);
      if (!known && !this.covers(message.seq)) {
        this.#putOutside(message);
        return false;
      }
      if (known && known.version >= message.version) {
        return false;
      }
      if (!known) {
        this.#seqs.splice(this.#indexOf(message.seq), 0, message.seq);
      }
      this.#messages.set(message.seq, message);
      this.#learnName(message);
      return true;
    });
  }

  /** An author's present name. @param {{id: string, name: string}} author */
  nameOf = (author) => this.#names.get(author.id)?.name ?? shownName(author);

  /** Whether an author has no account at present. @param {{id: string, guest: boolean}} author */
  isGuest = ({ id, guest }) => this.#names.get(id)?.guest ?? guest;

  /** A mark where somebody else has a name that looks the same, else "". @param {{id: string}} author */
  markOf({ id }) {
    const others = this.#alike(this.#names.get(id)?.key).filter((other) => other !== id);
    return others.length ? markAmong(id, others) : "";
  }

  /** An author's present name, with the mark. @param {{id: string, name: string}} author */
  labelOf = (author) => `${this.nameOf(author)} ${this.markOf(author)}`.trimEnd();

  /** The author with what is shown of them at present. @param {{id: string, name: string}} author */
  looksOf = (author) => ({
    ...author,
    name: this.nameOf(author),
    mark: author.bot ? gettext("Bot") : this.markOf(author),
    guest: this.isGuest(author),
    picture: (this.#names.get(author.id) ?? author).picture,
  });

  /** @param {{id: string, name: string, guest?: boolean, former?: boolean, picture?: string}} author */
  rename({ id, guest, former, picture, ...author }) {
    const known = this.#names.get(id);
    if (known?.former) {
      return; // the last presence may come late
    }
    const name = shownName({ ...author, former });
    const key = known?.name === name ? known.key : lookalikeKey(name);
    if (known?.name !== name) {
      [...this.#alike(known?.key), ...this.#alike(key)].forEach((it) => this.#renamed.add(it)); // of their marks, too
    }
    if (known && (guest === !known.guest || picture !== known.picture)) {
      this.#renamed.add(id);
    }
    this.#names.set(id, { name, key, former, picture, guest: guest ?? known?.guest, version: known?.version ?? 0 });
  }

  /** The ids of the authors renamed since the last call. @returns {Set<string>} */
  popRenamed() {
    const renamed = this.#renamed;
    this.#renamed = new Set();
    return renamed;
  }

  /** The ids of those whose names look the same. */
  #alike(key) {
    return [...this.#names].filter(([, name]) => name.key === key).map(([id]) => id);
  }

  /** Puts what was posted at the end of the room while this was another part of it. */
  #putOutsideAtEnd() {
    const last = this.newest ?? 0;
    this.hasNewer ||= this.#forgotten > last;
    return this.hasNewer ? [] : this.put([...this.#outside.values()].filter(({ seq }) => seq > last));
  }

  /** A page that is being fetched may hold an earlier state. */
  #putOutside(message) {
    const newest = this.#newest(message);
    this.#outside.delete(message.seq);
    this.#outside.set(message.seq, newest); // last: the first are forgotten
    this.#forgotten = Math.max(this.#forgotten, ...forgetFirst(this.#outside, MAX_OUTSIDE));
  }

  /** Forgets the names of those who wrote nothing in this part, if there are many. */
  #forgetNames() {
    if (this.#names.size > MAX_NAMES) {
      const authors = new Set([...this.#messages.values()].map(({ author }) => author.id));
      [...this.#names.keys()].filter((id) => !authors.has(id)).forEach((id) => this.#names.delete(id));
    }
  }

  #newest(message) {
    const other = this.#outside.get(message.seq);
    return other && other.version > message.version ? other : message;
  }

  #learnName({ author, version }) {
    if (version >= (this.#names.get(author.id)?.version ?? 0)) {
      this.rename(author);
      this.#names.get(author.id).version = version;
    }
  }

  /** The index of the first seq that is not below `seq`. */
  #indexOf(seq) {
    return lowerBound(this.#seqs.length, (index) => this.#seqs[index] >= seq);
  }
}

/** The name of a message's author, in the language of the page where it stands for a deleted account. */
const shownName = ({ name, former }) => (former ? gettext("Former member") : name);

/** Deletes the first keys of a set or map that has too many. @returns {any[]} the deleted keys */
function forgetFirst(collection, max) {
  const surplus = Math.max(0, collection.size - max);
  const keys = surplus ? [...collection.keys()].slice(0, surplus) : [];
  keys.forEach((key) => collection.delete(key));
  return keys;
}
