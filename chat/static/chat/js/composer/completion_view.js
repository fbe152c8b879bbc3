import { isComposing } from "../keyboard/keyboard.js";
import { showPicture } from "../people/avatar.js";
import { element } from "../ui/dom.js";
import { activateOption, optionIndex } from "../ui/listbox.js";
import { fieldState, replaceBeforeCaret } from "./text_field.js";

/**
 * Autocompletion: a list above the field with completions of the word before the caret. The field keeps the focus, as
 * in ARIA 1.2's combobox pattern; a multi-line field may not have that role. Arrow keys move in the list, Tab chooses,
 * Enter chooses the active option, Escape closes. The first option is active at once if it is meant.
 */
export class CompletionView {
  #field;
  #list;
  #sources;
  #options = [];
  #activeIndex = -1;
  #word = null; // the word to complete: its source, start and query
  #dismissed = null; // the word that Escape, or a choice, closed the list for
  #searches = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLUListElement} list
   * @param {import("./completion_sources.js").Source[]} sources
   */
  constructor(field, list, sources) {
    this.#field = field;
    this.#list = list;
    this.#sources = sources;
    field.addEventListener("input", () => this.#onInput());
    field.addEventListener("keydown", (event) => this.#onKeyDown(event), { capture: true }); // before the composer
    field.addEventListener("blur", () => this.close());
    document.addEventListener("selectionchange", () => this.#onSelectionChange());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus in the field
    list.addEventListener("mousemove", ({ target }) => this.#activate(optionIndex(this.#list, target)));
    list.addEventListener("click", ({ target }) => this.#choose(optionIndex(this.#list, target)));
    this.#onInput(); // for what was typed while this was loaded
  }

  close() {
    this.#searches += 1; // drops the results of a search that is running
    this.#word = null;
    this.#options = [];
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#field.removeAttribute("aria-controls");
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** Searches again: there may be more by now. */
  update() {
    document.activeElement === this.#field && this.#onInput();
  }

  async #onInput() {
    const word = this.#findWord();
    if (!word || this.#isDismissed(word)) {
      this.#dismissed = word && this.#dismissed;
      this.close();
      return;
    }
    this.#dismissed = null;
    this.#searches += 1;
    const search = this.#searches;
    const options = await word.source.search(word.query);
    if (search === this.#searches) {
      this.#show(word, options);
    }
  }

  #findWord() {
    const { text, start, end } = fieldState(this.#field);
    for (const source of start === end ? this.#sources : []) {
      const found = source.pattern.exec(text.slice(0, start));
      if (found) {
        return { source, start: found.index, query: found.groups.query };
      }
    }
    return null;
  }

  #isDismissed({ start, query }) {
    return this.#dismissed?.start === start && query.startsWith(this.#dismissed.query);
  }

  /** Closes the list when the caret leaves the word. */
  #onSelectionChange() {
    if (this.#word && !this.#isCurrent(this.#findWord())) {
      this.close();
    }
  }

  /** Whether a word is the one that the list completes. */
  #isCurrent(word) {
    return word?.start === this.#word?.start && word?.query === this.#word?.query;
  }

  #show(word, options) {
    const active = this.#isCurrent(word) ? this.#options[this.#activeIndex]?.text : null;
    if (options.length === 0) {
      this.close();
      return;
    }
    this.#word = word;
    this.#options = options;
    this.#list.ariaLabel = word.source.label;
    this.#list.replaceChildren(...options.map((option, index) => newNode(`${this.#list.id}-${index}`, option)));
    this.#list.hidden = false;
    this.#list.scrollTop = 0;
    this.#field.setAttribute("aria-controls", this.#list.id);
    this.#field.removeAttribute("aria-activedescendant");
    this.#activeIndex = -1;
    const index = options.findIndex(({ text }) => text === active);
    if (index >= 0 || word.source.isMeant(word.query, options[0])) {
      this.#activate(Math.max(index, 0));
    }
  }

  #activate(index) {
    if (activateOption(this.#list, this.#field, index)) {
      this.#activeIndex = index;
    }
  }

  #choose(index) {
    const option = this.#options[index];
    if (option) {
      const { start } = this.#word;
      this.#dismissed = { start, query: option.text.slice(1).trimEnd() };
      this.close();
      replaceBeforeCaret(this.#field, start, option.text);
      option.onChoose?.();
    }
  }

  #onKeyDown(event) {
    if (!this.#word || isComposing(event) || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const index = this.#activeIndex < 0 && step < 0 ? this.#options.length : this.#activeIndex;
      this.#activate((index + step + this.#options.length) % this.#options.length);
    } else if (event.key === "Tab") {
      this.#choose(Math.max(this.#activeIndex, 0));
    } else if (event.key === "Enter" && this.#activeIndex >= 0 && !this.#isComplete) {
      this.#choose(this.#activeIndex);
    } else if (event.key === "Escape") {
      this.#dismissed = this.#word;
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Whether the active option is typed completely: then Enter submits the composer. */
  get #isComplete() {
    const { text, start } = fieldState(this.#field);
    return text.slice(this.#word.start, start) === this.#options[this.#activeIndex].text.trimEnd();
  }
}

function newNode(id, { name, mark = "", argument, note, icon, color, picture }) {
  const node = element("li", "option completion");
  node.id = id;
  node.role = "option";
  if (icon) {
    const iconNode = element("span", "completion-icon", icon);
    iconNode.ariaHidden = "true";
    node.append(iconNode);
    if (color !== undefined) {
      iconNode.classList.add("avatar");
      iconNode.dataset.color = color;
      showPicture(iconNode, picture);
    }
  }
  const nameNode = element("bdi", "completion-name", name);
  nameNode.dataset.mark = mark;
  node.append(nameNode);
  if (argument) {
    node.append(" ", element("span", "completion-argument", argument));
  }
  if (note) {
    node.append(" ", element("span", "completion-note", note));
  }
  return node;
}
