import { fetchJson } from "../lib/fetch_json.js";
import { usageRank } from "./emoji_names.js";
import { TonedEmoji } from "./skin_tone.js";
import { matchQuality, words } from "./word_search.js";

/**
 * @typedef {object} Emoji
 * @property {string} emoji  without a skin tone
 * @property {string} name  in the page's language
 * @property {string[]} names  words of the name, and the shortcodes
 * @property {string[]} keywords
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
   * Emoji that match each word of a query: whole words first, then prefixes, then inner parts; names before keywords.
   * @param {string} query
   * @returns {Emoji[]}
   */
  search(query) {
    const wanted = words(query.replaceAll(":", " ")).filter(Boolean);
    const found = this.groups.flat().map((emoji) => [emoji, distance(emoji, wanted)]);
    const matching = found.filter(([, distance]) => distance < Infinity);
    return matching.sort(([, one], [, other]) => one - other).map(([emoji]) => emoji);
  }
}

function shortcodesByEmoji(names) {
  const byEmoji = new Map();
  names.forEach((emoji, name) => byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), name]));
  return byEmoji;
}

function newEmoji([emoji, name, keywords], shortcodes) {
  const codes = shortcodes.get(emoji) ?? [];
  return { emoji, name, names: [name, ...codes].flatMap(words).concat(codes), keywords: words(keywords) };
}

/** The sum of what each wanted word lacks; the most used of equals come first. */
function distance({ emoji, names, keywords }, wanted) {
  const qualities = wanted.map((word) => Math.min(matchQuality(names, word), matchQuality(keywords, word) + 0.5));
  const sum = qualities.reduce((total, quality) => total + quality, 0);
  return sum * 1_000 + usageRank(emoji);
}
