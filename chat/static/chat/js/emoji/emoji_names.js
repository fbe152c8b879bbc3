import { fetchJson } from "../lib/fetch_json.js";
import { recentEmoji } from "./recent_emoji.js";
import { isToned, TonedEmoji } from "./skin_tone.js";
import { matchQuality, words } from "./word_search.js";

/** The most used first, after Unicode's own count of how often each is sent. */
const MOST_USED =
  "😂 ❤️ 👍 🎉 🤣 🙏 😭 😘 🥰 😍 😊 😁 😅 😄 🔥 👏 💯 👀 🤔 ✅ 🙂 😉 😀 😎 🚀 👋 💪 🙌 🤷 😢 😆 👌 💕 😔 🤗 😃 ☕ 👎 😮 😡 🐱 🐶 ✨ ⭐";
const OTHERS_RANK = 100;
const ranks = new Map(MOST_USED.split(" ").map((emoji, rank) => [emoji, rank]));

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
   * Emoji whose names contain the query, each once: whole words first, then prefixes; the most used first.
   * @param {string} typed
   * @param {number} limit
   * @returns {Promise<{name: string, emoji: string}[]>}
   */
  async search(typed, limit) {
    const { names, toned } = await this.load();
    const query = shortcodeKey(typed);
    const found = [];
    for (const [name, emoji] of names) {
      if (name.includes(query) && !isToned(emoji)) {
        found.push({ name, emoji, distance: distance(name, emoji, query) });
      }
    }
    found.sort((one, other) => one.distance - other.distance);
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

/** How often an emoji is used: 0 is the most used. @param {string} emoji */
export const usageRank = (emoji) => ranks.get(emoji) ?? OTHERS_RANK;

function distance(name, emoji, query) {
  const quality = name === query ? 0 : matchQuality(words(name), query) + 1;
  return quality * 1_000_000 + usageRank(emoji) * 1_000 + name.length;
}
