import { fetchJson } from "../lib/fetch_json.js";
import { recentEmoji } from "./recent_emoji.js";
import { isToned, TonedEmoji } from "./skin_tone.js";
import { matchQuality } from "./word_search.js";

/** The most used first, after Unicode's own count of how often each is sent. */
const MOST_USED = (
  "😂 ❤️ 👍 🎉 🤣 🙏 😭 😘 🥰 😍 😊 😁 😅 😄 🔥 👏 💯 👀 🤔 ✅ 🙂 😉 😀 😎 🚀 👋 💪 🙌 🤷 😢 😆 👌 💕 😔 🤗 😃 ☕ 👎 😮 😡 🐱 🐶 ✨ ⭐"
).split(" ");

/**
 * Emoji by shortcode, as the completion and typed shortcodes find them. They have the skin tone I have chosen; the
 * same emoji in several tones is found once. The names are fetched once, at the first search.
 */
export class EmojiNames {
  #url;
  #loading = null;

  /** @param {string} url  of a JSON object: shortcodes to emoji */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Emoji whose names contain the query, each once, by how well they match; of equals, those used lately first, then
   * those with fewer words, then the most used.
   * @param {string} typed
   * @param {number} limit
   * @returns {Promise<{name: string, emoji: string}[]>}
   */
  async search(typed, limit) {
    const { names, toned } = await this.load();
    const query = shortcodeKey(typed);
    const [latelyRank, usualRank] = usageRanks();
    const found = [];
    for (const [name, emoji] of names) {
      const quality = isCountryCode(name, emoji) ? Infinity : matchQuality(name, query);
      if (quality < Infinity && !isToned(emoji)) {
        const order = [quality, latelyRank(emoji), name.split("_").length, usualRank(emoji), name.length];
        found.push({ name, emoji, order });
      }
    }
    found.sort(byOrder);
    const seen = new Set();
    const once = found.filter(({ emoji }) => !seen.has(emoji) && seen.add(emoji)).slice(0, limit);
    return once.map(({ name, emoji }) => ({ name, emoji: toned.inTone(emoji) }));
  }

  /**
   * The emoji of a shortcode, which counts as used.
   * @param {string} shortcode  without colons
   * @returns {Promise<?string>}
   */
  async find(shortcode) {
    const { names, toned } = await this.load();
    const emoji = names.get(shortcodeKey(shortcode));
    if (!emoji || isToned(emoji)) {
      return emoji ?? null;
    }
    recentEmoji.add(emoji);
    return toned.inTone(emoji);
  }

  /** @returns {Promise<{names: Map<string, string>, toned: TonedEmoji}>} */
  load() {
    this.#loading ??= this.#fetch();
    return this.#loading;
  }

  async #fetch() {
    const fetched = await fetchJson(this.#url);
    if (!fetched) {
      this.#loading = null; // offline, perhaps: the next search tries again
    }
    const names = new Map(Object.entries(fetched ?? {}));
    return { names, toned: new TonedEmoji(names.values()) };
  }
}

/** A name as Lobby spells it: Slack's "flag-de" is "flag_de". @param {string} typed */
const shortcodeKey = (typed) => typed.toLowerCase().replace(/(?<=\w)[-_]+/g, "_");

/** Whether a name is a country's code: who types "sm" looks for a smile. `flag_sm` is found. */
export const isCountryCode = (name, emoji) => name.length === 2 && /^\p{RI}/u.test(emoji);

/** How lately I have used an emoji, and how much it is used by all: the first is 0. */
export const usageRanks = () => [recentEmoji.used, MOST_USED].map(ranking);

/** @param {string[]} emoji  @returns {(emoji: string) => number} */
function ranking(emoji) {
  const ranks = new Map(emoji.map((it, rank) => [it, rank]));
  return (it) => ranks.get(it) ?? emoji.length;
}

/** Compares what is found by the first number of its order that differs. @param {{order: number[]}} one */
export function byOrder({ order: one }, { order: other }) {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at < 0 ? 0 : one[at] - other[at];
}
