import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby typed";

/**
 * Keeps what was typed into fields when a change of language loads the page again.
 * @param {HTMLInputElement[]} fields
 * @returns {boolean} whether something was typed before this page was loaded
 */
export function keepTypedTexts(fields) {
  document.querySelector("[data-languages]").addEventListener("submit", () => save(fields));
  const typed = JSON.parse(readStorage(KEY, "sessionStorage") ?? "{}");
  writeStorage(KEY, "", "sessionStorage");
  const changed = fields.filter(({ name, value }) => (typed[name] ?? value) !== value);
  changed.forEach((field) => (field.value = typed[field.name]));
  return changed.length > 0;
}

function save(fields) {
  const typed = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  writeStorage(KEY, JSON.stringify(typed), "sessionStorage");
}
