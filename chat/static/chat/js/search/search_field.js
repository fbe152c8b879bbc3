import { button, element } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";
import { filterInWords } from "./query/filter_texts.js";
import { filterText, takeFilters, withoutFilters, wordAt } from "./query/query_tokens.js";

/** The field of a search: what is typed, and before it the filters as tokens that can be removed. */
export class SearchField {
  input;
  #chips;
  #filters = [];
  #onChange;

  /** @param {HTMLElement} root  @param {() => void} onChange */
  constructor(root, onChange) {
    this.input = root.querySelector("#search-input");
    this.#chips = root.querySelector("[data-search-chips]");
    this.#onChange = onChange;
    root.querySelector("[data-search-box]").addEventListener("click", ({ target }) => target.closest("button") || this.input.focus());
    this.input.addEventListener("input", () => this.#onInput());
    this.input.addEventListener("keydown", (event) => this.#onKeyDown(event));
  }

  /** What is asked for, as it is typed. A filter that is still being typed is left out. */
  get query() {
    return [...this.#filters.map(filterText), withoutFilters(this.input.value)].filter(Boolean).join(" ");
  }

  /** @param {string} query */
  set query(query) {
    const { filters, rest } = takeFilters(query, true);
    this.#filters = filters;
    this.input.value = rest.trim();
    this.#showChips();
  }

  get filters() {
    return this.#filters;
  }

  /** The typed words that are no filters. */
  get words() {
    return withoutFilters(this.input.value);
  }

  set words(words) {
    this.input.value = words;
    this.#onChange();
  }

  /** The word before the caret. @returns {{start: number, text: string}} */
  get word() {
    return wordAt(this.input.value, this.input.selectionStart);
  }

  /** Puts a text in the place of the word before the caret. @param {string} text */
  replaceWord(text) {
    const { start } = this.word;
    this.input.setRangeText(text, start, this.input.selectionStart, "end");
    this.#onInput();
  }

  /** Adds a filter, once. @param {import("./query/query_tokens.js").Filter} filter */
  add(filter) {
    this.#filters = [...this.#filters.filter((it) => filterText(it) !== filterText(filter)), filter];
    this.#showChips();
    this.#onChange();
  }

  /** @param {import("./query/query_tokens.js").Filter} filter */
  remove(filter) {
    this.#filters = this.#filters.filter((it) => it !== filter);
    this.#showChips();
    this.input.focus();
    this.#onChange();
  }

  /** Takes the filters that are typed completely, or all of them. @returns {boolean} whether there were any */
  takeTyped(isAllMeant) {
    const { filters, rest } = takeFilters(this.input.value, isAllMeant);
    if (filters.length) {
      this.#filters = [...this.#filters, ...filters];
      this.input.value = rest;
      this.#showChips();
    }
    return filters.length > 0;
  }

  /** Takes out the filters that are being typed. */
  dropTyped() {
    const words = withoutFilters(this.input.value);
    this.input.value = words && `${words} `;
  }

  #onInput() {
    this.takeTyped(false);
    this.#onChange();
  }

  #onKeyDown(event) {
    const { selectionStart, selectionEnd } = this.input;
    if (event.key === "Backspace" && !event.isComposing && selectionStart === 0 && selectionEnd === 0 && this.#filters.length) {
      event.preventDefault();
      this.remove(this.#filters.at(-1));
    }
  }

  #showChips() {
    this.#chips.replaceChildren(...this.#filters.map((filter) => element("li", "", this.#newChip(filter))));
    this.#chips.hidden = !this.#filters.length;
  }

  #newChip(filter) {
    const words = filterInWords(filter);
    const chip = button(element("bdi", "", words), () => this.remove(filter), "search-chip");
    const cross = element("span", "search-chip-cross", "×");
    cross.ariaHidden = "true";
    chip.append(" ", cross);
    chip.ariaLabel = chip.title = gettext("Remove the filter “%(filter)s”", { filter: words });
    return chip;
  }
}
