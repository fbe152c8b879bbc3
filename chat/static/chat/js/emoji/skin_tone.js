import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby skin tone";
const LIGHT = "🏻"; // the tone that stands for all in a template
const OTHERS = /[🏼🏽🏾🏿]/u;

/** The skin tones of Unicode; the first is none. */
export const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"];

/** The tone I have chosen, for all emoji that have tones. */
export const skinTone = {
  get chosen() {
    const chosen = readStorage(KEY);
    return TONES.includes(chosen) ? chosen : "";
  },
  set chosen(tone) {
    writeStorage(KEY, tone);
  },
};

/** The emoji that have skin tones. */
export class TonedEmoji {
  #templates = new Map(); // in the light tone, by the emoji without a tone

  /** @param {Iterable<string>} all  emoji, also with tones */
  constructor(all) {
    for (const emoji of all) {
      if (emoji.includes(LIGHT) && !OTHERS.test(emoji)) {
        this.#templates.set(withoutTone(emoji), emoji);
      }
    }
  }

  /** An emoji in a tone; as it is if it has no tones. @param {string} emoji  @param {string} tone */
  inTone(emoji, tone = skinTone.chosen) {
    const template = this.#templates.get(withoutTone(emoji));
    return template && tone ? template.replaceAll(LIGHT, tone) : emoji;
  }
}

/** An emoji of one person or hand in the tone I have chosen; others as they are. @param {string} emoji */
export const inChosenTone = (emoji) =>
  skinTone.chosen ? emoji.replace(/^(\p{Emoji_Modifier_Base})\ufe0f?$/u, `$1${skinTone.chosen}`) : emoji;

/** Whether an emoji has a tone. @param {string} emoji */
export const isToned = (emoji) => emoji.includes(LIGHT) || OTHERS.test(emoji);

/** An emoji's key: without tone and variation selectors. */
const withoutTone = (emoji) => emoji.replace(/[🏻🏼🏽🏾🏿\ufe0f]/gu, "");
