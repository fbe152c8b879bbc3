/** What most people mean, the most usual first (after Unicode's own count of how often each is sent). */
const USUAL =
  "😂 ❤️ 👍 🎉 🤣 🙏 😭 😘 🥰 😍 😊 😁 😅 😄 🔥 👏 💯 👀 🤔 ✅ 🙂 😉 😀 😎 🚀 👋 💪 🙌 🤷 😢 😆 👌 💕 😔 🤗 😃 ☕ 👎 😮 😡 🐱 🐶 ✨ ⭐";
const RARE = 100;
const ranks = new Map(USUAL.split(" ").map((emoji, rank) => [emoji, rank]));

/** Emoji by the names people type for them. They are fetched once, when first asked for. */
export class EmojiNames {
  #url;
  #names = null;

  /** @param {string} url  of a JSON object: names to emoji */
  constructor(url) {
    this.#url = url;
  }

  /**
   * Emoji whose names begin with, or else contain, what is asked for; each once, the most usual first.
   * @param {string} part
   * @param {number} limit
   * @returns {Promise<{name: string, emoji: string}[]>}
   */
  async search(part, limit) {
    const found = [];
    for (const [name, emoji] of await this.#load()) {
      if (name.includes(part)) {
        found.push({ name, emoji });
      }
    }
    found.sort((one, other) => distance(one, part) - distance(other, part));
    const seen = new Set();
    return found.filter(({ emoji }) => !seen.has(emoji) && seen.add(emoji)).slice(0, limit);
  }

  /** @param {string} shortcode  without colons  @returns {Promise<?string>} */
  async find(shortcode) {
    return (await this.#load()).get(shortcode) ?? null;
  }

  #load() {
    this.#names ??= fetchNames(this.#url).catch(() => {
      this.#names = null; // offline, perhaps: it is tried again with the next letter
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

/** The name itself comes first, then what begins with it; then the usual, then what is short. */
function distance({ name, emoji }, part) {
  const place = Number(name !== part) + Number(!name.startsWith(part));
  return place * 1_000_000 + (ranks.get(emoji) ?? RARE) * 1_000 + name.length;
}
