import { element } from "../ui/dom.js";
import { composes } from "../keyboard/keyboard.js";
import { activate, placeOf } from "../ui/listbox.js";
import { stateOf, writeBefore } from "./text_field.js";

/**
 * Offers how the word before the caret could go on, in a list over the field. The focus stays in the field, as
 * in ARIA 1.2's combobox, which a field of many lines may not be called: arrows move in the list, Enter and Tab
 * choose, Escape closes it.
 */
export class CompletionView {
  #field;
  #list;
  #sources;
  #options = []; // that are shown
  #active = 0; // the index of one of them
  #word = null; // what they complete
  #dismissed = null; // a word for which none are wanted
  #asked = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLUListElement} list
   * @param {import("./completion_sources.js").Source[]} sources
   */
  constructor(field, list, sources) {
    this.#field = field;
    this.#list = list;
    this.#sources = sources;
    field.addEventListener("input", () => this.#written());
    field.addEventListener("keydown", (event) => this.#pressed(event));
    field.addEventListener("blur", () => this.close());
    document.addEventListener("selectionchange", () => this.#moved());
    list.addEventListener("mousedown", (event) => event.preventDefault()); // it would take the focus
    list.addEventListener("mousemove", ({ target }) => this.#activate(placeOf(this.#list, target)));
    list.addEventListener("click", ({ target }) => this.#choose(placeOf(this.#list, target)));
  }

  close() {
    this.#asked += 1; // an answer under way comes too late
    this.#word = null;
    this.#options = [];
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#field.removeAttribute("aria-controls");
    this.#field.removeAttribute("aria-activedescendant");
  }

  async #written() {
    const word = this.#findWord();
    if (!word || this.#isDismissed(word)) {
      this.#dismissed = word && this.#dismissed; // for a word that is gone, none is
      this.close();
      return;
    }
    this.#dismissed = null;
    this.#asked += 1;
    const asked = this.#asked;
    const options = await word.source.search(word.query);
    if (asked === this.#asked) {
      this.#show(word, options);
    }
  }

  /** Where the sign of what is being written stands, and what follows it up to the caret. */
  #findWord() {
    const { text, start, end } = stateOf(this.#field);
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

  /** The caret may have left what is completed. */
  #moved() {
    const word = this.#word && this.#findWord();
    if (this.#word && (word?.start !== this.#word.start || word.query !== this.#word.query)) {
      this.close();
    }
  }

  #show(word, options) {
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
    this.#activate(0);
  }

  #activate(index) {
    if (activate(this.#list, this.#field, index)) {
      this.#active = index;
    }
  }

  #choose(index) {
    const option = this.#options[index];
    if (option) {
      const { start } = this.#word;
      this.#dismissed = { start, query: option.text.slice(1).trimEnd() };
      this.close();
      writeBefore(this.#field, start, option.text);
    }
  }

  #pressed(event) {
    if (!this.#word || composes(event) || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#activate((this.#active + step + this.#options.length) % this.#options.length);
    } else if (event.key === "Tab" || (event.key === "Enter" && !this.#isWritten)) {
      this.#choose(this.#active);
    } else if (event.key === "Escape") {
      this.#dismissed = this.#word;
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Whether nothing is left to complete: Enter means what it means without a list. */
  get #isWritten() {
    const { text, start } = stateOf(this.#field);
    return text.slice(this.#word.start, start) === this.#options[this.#active].text.trimEnd();
  }
}

function newNode(id, { name, argument, note, icon, hue }) {
  const node = element("li", "option completion");
  node.id = id;
  node.role = "option";
  if (icon) {
    const sign = element("span", "completion-icon", icon);
    sign.ariaHidden = "true";
    node.append(sign);
    if (hue !== undefined) {
      sign.classList.add("avatar");
      sign.style.setProperty("--hue", hue);
    }
  }
  node.append(element("span", "completion-name", name));
  if (argument) {
    node.append(" ", element("span", "completion-argument", argument));
  }
  if (note) {
    node.append(" ", element("span", "completion-note", note));
  }
  return node;
}
