/** The most used first, after Unicode's own count of how often each is sent. */
const MOST_USED =
  "😂 ❤️ 👍 🎉 🤣 🙏 😭 😘 🥰 😍 😊 😁 😅 😄 🔥 👏 💯 👀 🤔 ✅ 🙂 😉 😀 😎 🚀 👋 💪 🙌 🤷 😢 😆 👌 💕 😔 🤗 😃 ☕ 👎 😮 😡 🐱 🐶 ✨ ⭐";
const OTHERS_RANK = 100;
const ranks = new Map(MOST_USED.split(" ").map((emoji, rank) => [emoji, rank]));

/** Emoji by name. The names are fetched once, at the first search. */
export class EmojiNames {
  #url;
  #names = null;

  /** @param {string} url  of a JSON object: names to emoji */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Emoji whose names contain the query, each once: exact names first, then prefixes; the most used first.
   * @param {string} query
   * @param {number} limit
   * @returns {Promise<{name: string, emoji: string}[]>}
   */
  async search(query, limit) {
    const found = [];
    for (const [name, emoji] of await this.#load()) {
      if (name.includes(query)) {
        found.push({ name, emoji });
      }
    }
    found.sort((one, other) => distance(one, query) - distance(other, query));
    const seen = new Set();
    return found.filter(({ emoji }) => !seen.has(emoji) && seen.add(emoji)).slice(0, limit);
  }

  /** @param {string} shortcode  without colons  @returns {Promise<?string>} */
  async find(shortcode) {
    return (await this.#load()).get(shortcode) ?? null;
  }

  #load() {
    this.#names ??= fetchNames(this.#url).catch(() => {
      this.#names = null; // offline, perhaps: the next search tries again
      return new Map();
    });
    return this.#names;
  }
}

async function fetchNames(url) {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(response.status);
  }
  return new Map(Object.entries(await response.json()));
}

function distance({ name, emoji }, query) {
  const mismatch = Number(name !== query) + Number(!name.startsWith(query));
  return mismatch * 1_000_000 + (ranks.get(emoji) ?? OTHERS_RANK) * 1_000 + name.length;
}
