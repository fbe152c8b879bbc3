const OTHER_SCRIPTS = /[\u0590-\u08ff\u0900-\u097f\u0e00-\u0e7f\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]|[\ud840-\ud88f]/;

/** By the language that a script stands for. "und": it stands for many. */
const LETTERS = {
  ja: /[\p{sc=Hiragana}\p{sc=Katakana}]/gu,
  ko: /\p{sc=Hangul}/gu,
  zh: /\p{sc=Han}/gu,
  th: /\p{sc=Thai}/gu,
  he: /\p{sc=Hebrew}/gu,
  "und-Arab": /\p{sc=Arabic}/gu,
  "und-Deva": /\p{sc=Devanagari}/gu,
};
const SIMPLIFIED = /[们这说时个国对会来为没过还问东见话请谢给经发点]/gu;
const TRADITIONAL = /[們這說時個國對會來為沒過還問東見話請謝給經發點]/gu;

/**
 * The language of a text by its letters, for their shapes and line heights. "" for Latin, Greek, Cyrillic and other
 * scripts: they need nothing.
 * @param {string} text
 */
export function textLanguage(text) {
  if (!OTHER_SCRIPTS.test(text)) {
    return "";
  }
  const counts = Object.entries(LETTERS).map(([tag, letters]) => [tag, count(text, letters)]);
  const total = counts.reduce((sum, [, found]) => sum + found, 0);
  if (3 * total < count(text, /\p{L}/gu)) {
    return ""; // a word among others
  }
  const found = Object.fromEntries(counts);
  const [tag] = counts.reduce((most, it) => (it[1] > most[1] ? it : most));
  return tag === "zh" ? hanLanguage(text, found) : tag;
}

/** Japanese and Korean mix Han characters with their own. */
function hanLanguage(text, found) {
  if (found.ja || found.ko) {
    return found.ja >= found.ko ? "ja" : "ko";
  }
  const balance = count(text, SIMPLIFIED) - count(text, TRADITIONAL);
  return balance > 0 ? "zh-Hans" : balance < 0 ? "zh-Hant" : readersHan();
}

/** What the reader would take the characters for. */
function readersHan() {
  const known = navigator.languages.map((tag) => new Intl.Locale(tag).maximize());
  const { language, script } = known.find((it) => ["ja", "ko", "zh"].includes(it.language)) ?? {};
  return language === "zh" ? `zh-${script}` : language ?? "zh-Hans";
}

const count = (text, pattern) => text.match(pattern)?.length ?? 0;
