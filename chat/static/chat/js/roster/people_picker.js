import { isComposing } from "../keyboard/keyboard.js";
import { fetchJson } from "../lib/fetch_json.js";
import { gettext } from "../lib/i18n.js";
import { button, element, icon } from "../ui/dom.js";
import { activateOption, optionIndex } from "../ui/listbox.js";

const PAUSE_MS = 150; // of typing, before people are looked for
const REMOVE_ICON = "M6 6l12 12M18 6 6 18";

/** @typedef {{id: string, name: string, username: string}} Account */

/**
 * A field that finds accounts by name, and keeps those who are chosen: a field over a list (ARIA 1.2's combobox
 * pattern). The form sends their ids.
 */
export class PeoplePicker {
  #url;
  #max;
  #field;
  #list;
  #picked;
  #found = []; // Account[]
  #activeIndex = -1;
  #timer = 0;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.#url = container.dataset.peoplePicker;
    this.#max = Number(container.dataset.max);
    this.#field = container.querySelector("input:not([type=hidden])");
    this.#list = container.querySelector("[data-found]");
    this.#picked = container.querySelector("[data-picked]");
    Object.assign(this.#field, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#field.addEventListener("input", () => this.#onInput());
    this.#field.addEventListener("keydown", (event) => isComposing(event) || this.#onKeyDown(event));
    this.#field.addEventListener("blur", () => this.#close());
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus in the field
    this.#list.addEventListener("mousemove", ({ target }) => this.#activate(optionIndex(this.#list, target)));
    this.#list.addEventListener("click", ({ target }) => this.#pick(optionIndex(this.#list, target)));
    [...this.#picked.children].forEach((row) => row.append(this.#newRemoveButton(row)));
    this.#updateField();
  }

  #onInput() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(), PAUSE_MS);
  }

  async #search() {
    const typed = this.#field.value.trim();
    const answer = typed && (await fetchJson(`${this.#url}?q=${encodeURIComponent(typed)}`));
    if (typed === this.#field.value.trim()) {
      this.#show((answer || { people: [] }).people.filter(({ id }) => !this.#rowOf(id)));
    }
  }

  #show(people) {
    this.#found = people;
    this.#list.replaceChildren(...people.map((person, index) => newOption(person, `${this.#list.id}-${index}`)));
    this.#list.hidden = people.length === 0;
    this.#field.ariaExpanded = String(people.length > 0);
    this.#field.removeAttribute("aria-activedescendant");
    this.#activeIndex = -1;
    this.#activate(0);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#show([]);
  }

  #activate(index) {
    if (activateOption(this.#list, this.#field, index)) {
      this.#activeIndex = index;
    }
  }

  #onKeyDown(event) {
    const { length } = this.#found;
    const actions = {
      ArrowDown: length && (() => this.#activate((this.#activeIndex + 1) % length)),
      ArrowUp: length && (() => this.#activate((this.#activeIndex + length - 1) % length)),
      Enter: length && (() => this.#pick(this.#activeIndex)),
      Escape: length && (() => this.#close()),
      Backspace: !this.#field.value && (() => this.#picked.lastElementChild?.remove()),
    };
    if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
      this.#updateField();
    }
  }

  #pick(index) {
    const person = this.#found[index];
    if (person) {
      this.#picked.append(this.#newRow(person));
      this.#field.value = "";
      this.#close();
      this.#updateField();
      this.#field.focus();
    }
  }

  /** @param {Account} person */
  #newRow({ id, name }) {
    const input = element("input");
    Object.assign(input, { type: "hidden", name: "people", value: id });
    const row = element("li", "", input, element("bdi", "", name));
    row.dataset.id = id;
    row.append(this.#newRemoveButton(row));
    return row;
  }

  #newRemoveButton(row) {
    const node = button(icon(REMOVE_ICON), () => this.#remove(row), "icon-button");
    node.ariaLabel = gettext("Take %(name)s off", { name: row.textContent.trim() });
    return node;
  }

  #remove(row) {
    row.remove();
    this.#updateField();
    this.#field.focus();
  }

  /** No more people than the form takes. */
  #updateField() {
    this.#field.readOnly = this.#picked.childElementCount >= this.#max;
  }

  #rowOf(id) {
    return [...this.#picked.children].find(({ dataset }) => dataset.id === id);
  }
}

/** @param {Account} person  @param {string} id  of the option */
function newOption({ name, username }, id) {
  const shown = [element("span", "people-found-name", name), element("span", "people-found-username", `@${username}`)];
  const option = element("li", "option", ...shown);
  return Object.assign(option, { id, role: "option" });
}
