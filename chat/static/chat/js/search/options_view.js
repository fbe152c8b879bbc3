import { element } from "../ui/dom.js";
import { newResultNode } from "./result_node.js";

/**
 * The list below the field: completions, then results by room (a listbox, which the field controls: ARIA 1.2's combobox
 * pattern).
 */
export class OptionsView {
  #list;
  #input;
  #completions = null; // the group
  #actions = new WeakMap(); // what choosing a completion does
  #results = new WeakMap();
  #active = null;
  #groups = 0;
  #showsRooms;

  /**
   * @param {HTMLElement} list
   * @param {HTMLInputElement} input
   * @param {{onResult: (result: import("./search_api.js").Result, event: Event, node: HTMLElement) => void}} listeners
   */
  constructor(list, input, { onResult }) {
    this.#list = list;
    this.#input = input;
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": list.id }).forEach(
      ([name, value]) => input.setAttribute(name, value),
    );
    this.#update();
    list.addEventListener("mousedown", (event) => event.button || event.preventDefault()); // leaves the focus in the field
    list.addEventListener("click", (event) => this.#onClick(event, onResult));
  }

  /** The active option. @returns {?HTMLElement} */
  get active() {
    return this.#active;
  }

  /** The first result. @returns {?HTMLElement} */
  get firstResult() {
    return this.#list.querySelector(".search-result");
  }

  /** The completion that is active, or the first. @returns {?HTMLElement} */
  get completion() {
    return this.#completions?.contains(this.#active) ? this.#active : (this.#completions?.querySelector("[role=option]") ?? null);
  }

  get resultCount() {
    return this.#resultNodes.length;
  }

  /** The index of the active option among the results; -1 if it is none. */
  get activeResult() {
    return this.#resultNodes.indexOf(this.#active);
  }

  /** @param {{label: string, hint: string, choose: () => void}[]} completions  @param {string} label  of the group */
  showCompletions(completions, label) {
    this.#completions?.remove();
    this.#completions = null;
    if (completions.length) {
      this.#completions = this.#newGroup(label, completions.map((it) => this.#newCompletion(it)));
      this.#list.prepend(this.#completions);
    }
    this.#update();
  }

  /** @param {import("./search_api.js").Result[]} results  newest first  @param {{showsRooms: boolean}} options */
  showResults(results, { showsRooms }) {
    this.#list.querySelectorAll("[data-results]").forEach((group) => group.remove());
    this.#showsRooms = showsRooms;
    this.addResults(results);
  }

  /** Older ones. @param {import("./search_api.js").Result[]} results */
  addResults(results) {
    for (const found of byRoom(results)) {
      this.#addToRoom(found[0].room, found.map((result) => this.#newResult(result)));
    }
    this.#update();
  }

  /** Makes the next option active, or the previous one. @returns {boolean} whether there is one */
  step(by) {
    const options = this.#options;
    const index = this.#active ? options.indexOf(this.#active) + by : by > 0 ? 0 : options.length - 1;
    return this.activate(options[index] ?? null);
  }

  /** @param {?HTMLElement} option */
  activate(option) {
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option;
    if (option) {
      option.ariaSelected = "true";
      option.scrollIntoView({ block: "nearest" });
      this.#input.setAttribute("aria-activedescendant", option.id);
    } else {
      this.#input.removeAttribute("aria-activedescendant");
    }
    return option !== null;
  }

  /** Makes the result at an index active. @param {number} index */
  activateResult(index) {
    this.activate(this.#resultNodes[index] ?? null);
  }

  get #resultNodes() {
    return [...this.#list.querySelectorAll(".search-result")];
  }

  get #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #onClick(event, onResult) {
    const option = event.target.closest("[role=option]");
    if (this.#actions.has(option)) {
      this.#input.focus();
      this.#actions.get(option)(); // may move the focus
    } else if (this.#results.has(option)) {
      this.activate(option);
      onResult(this.#results.get(option), event, option);
    }
  }

  #addToRoom(room, nodes) {
    const last = this.#list.lastElementChild;
    if (last?.dataset.results === room.id) {
      last.append(...nodes);
      return;
    }
    const group = this.#newGroup(room.name, nodes);
    group.dataset.results = room.id;
    group.firstChild.hidden = !this.#showsRooms;
    this.#list.append(group);
  }

  #newGroup(label, nodes) {
    const name = element("div", "search-group-name", element("bdi", "", label));
    const group = element("div", "search-group", name, ...nodes);
    this.#groups += 1;
    name.id = `search-group-${this.#groups}`;
    group.role = "group";
    group.setAttribute("aria-labelledby", name.id);
    return group;
  }

  #newCompletion({ label, hint, choose }) {
    const node = element("div", "option search-completion", element("bdi", "", label), " ", element("span", "search-hint", hint));
    node.role = "option";
    node.ariaSelected = "false";
    this.#actions.set(node, choose);
    return node;
  }

  #newResult(result) {
    const node = newResultNode(result);
    this.#results.set(node, result);
    return node;
  }

  #update() {
    if (this.#active && !this.#list.contains(this.#active)) {
      this.activate(null);
    }
    this.#options.forEach((option, index) => (option.id = `search-option-${index}`));
    this.#active && this.#input.setAttribute("aria-activedescendant", this.#active.id);
    this.#list.hidden = !this.#list.childElementCount;
    this.#input.ariaExpanded = String(!this.#list.hidden);
  }
}

function byRoom(results) {
  const groups = new Map();
  results.forEach((result) => groups.set(result.room.id, [...(groups.get(result.room.id) ?? []), result]));
  return groups.values();
}
