import { fetchJson } from "../lib/fetch_json.js";
import { byOrder, isCountryCode, usageRanks } from "./emoji_names.js";
import { TonedEmoji } from "./skin_tone.js";
import { matchQuality, searchable, words } from "./word_search.js";

const KEYWORD = 1.5; // at best: after whole words that begin a name, before parts of words
const SHORT_KEYWORD = 2.5; // codes of countries, for instance
const SHORT = 2; // characters
const SCATTERED = 10; // words that are not together in a name

/**
 * @typedef {object} Emoji
 * @property {string} emoji  without a skin tone
 * @property {string} name  in the page's language
 * @property {string[]} names  the name and the shortcodes, searchable
 * @property {string[]} keywords  searchable
 */

/** The emoji to choose from, by group, with names in the page's language. It is fetched once. */
export class EmojiCatalog {
  #url;
  #shortcodes;
  #groups = null;
  #toned = new TonedEmoji([]);

  /**
   * @param {string} url  of a JSON list: groups of rows of emoji, name and keywords
   * @param {import("./emoji_names.js").EmojiNames} shortcodes
   */
  constructor(url, shortcodes) {
    this.#url = url;
    this.#shortcodes = shortcodes;
  }

  /** @returns {Emoji[][]} by group; empty before it is loaded */
  get groups() {
    return this.#groups ?? [];
  }

  /** Whether the emoji could be loaded. The next call tries again. @returns {Promise<boolean>} */
  async load() {
    if (!this.#groups) {
      const [groups, { names, toned }] = await Promise.all([fetchJson(this.#url), this.#shortcodes.load()]);
      this.#toned = toned;
      const shortcodes = shortcodesByEmoji(names);
      this.#groups = groups?.map((rows) => rows.map((row) => newEmoji(row, shortcodes))) ?? null;
    }
    return this.#groups !== null;
  }

  /** An emoji in the skin tone I have chosen, or another. @param {string} emoji  @param {string} [tone] */
  inTone(emoji, tone) {
    return this.#toned.inTone(emoji, tone);
  }

  /** @param {string} emoji  @returns {string} its name; itself if that is unknown */
  nameOf(emoji) {
    return this.groups.flat().find((it) => it.emoji === emoji)?.name ?? emoji;
  }

  /**
   * Emoji that match a query, or else each word of it, by how well their names match, then their keywords; of equals,
   * those used lately first, then the most used.
   * @param {string} query
   * @returns {Emoji[]}
   */
  search(query) {
    const wanted = words(query.replaceAll(":", " ")).filter(Boolean);
    const ranks = usageRanks();
    const orderOf = (it) => [distance(it, wanted), ...ranks.map((rank) => rank(it.emoji))];
    const found = this.groups.flat().map((it) => ({ it, order: orderOf(it) }));
    const matching = found.filter(({ order: [distance] }) => distance < Infinity);
    return matching.sort(byOrder).map(({ it }) => it);
  }
}

function shortcodesByEmoji(names) {
  const byEmoji = new Map();
  names.forEach((emoji, name) => byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), name]));
  return byEmoji;
}

function newEmoji([emoji, name, keywords], shortcodes) {
  const codes = (shortcodes.get(emoji) ?? []).filter((code) => !isCountryCode(code, emoji));
  return { emoji, name, names: [name, ...codes].map(searchable), keywords: words(keywords) };
}

/** How far an emoji is from the wanted words: as they were typed, or else in any order. */
function distance(emoji, wanted) {
  const whole = quality(emoji, wanted.join("_"));
  return whole < Infinity ? whole : SCATTERED + wanted.reduce((sum, word) => sum + quality(emoji, word), 0);
}

function quality({ names, keywords }, query) {
  const ofName = Math.min(...names.map((name) => matchQuality(name, query)));
  const ofKeyword = Math.min(...keywords.map((word) => matchQuality(word, query)));
  return Math.min(ofName, ofKeyword + (query.length > SHORT ? KEYWORD : SHORT_KEYWORD));
}
