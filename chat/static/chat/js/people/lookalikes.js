const LIKE = "АВЕКМНОРСТХаеорсухіј01l|"; // Cyrillic, digits and l, which look like
const LATIN = "ABEKMHOPCTXaeopcyxijoiii"; // these

/** The same for names that look the same, about. @param {string} name */
export function lookalikeKey(name) {
  const letters = [...name.normalize("NFKD")].map((it) => LATIN[LIKE.indexOf(it)] ?? it).join("").toLowerCase();
  return letters.replace(/[^\p{L}\p{N}]/gu, "") || name;
}

/** A part of an id that none of the others begins with: "#7f", also after a name from right to left. @param {string} id  @param {string[]} others */
export function markAmong(id, others) {
  const size = [2, 4, 8].find((it) => others.every((other) => other.slice(0, it) !== id.slice(0, it)));
  return `\u200e#${id.slice(0, size)}`;
}
