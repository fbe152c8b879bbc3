import { button, element } from "../ui/dom.js";

/**
 * @typedef {{emoji: string, shown: string, name: string}} Choice  `shown` has a skin tone, `emoji` has none
 */

/** Sections of emoji to choose from. Arrow keys move in the grid, which is one stop for Tab. */
export class EmojiGrid {
  #node;
  #actions;
  #sections = []; // of buttons
  #sectionNodes = [];

  /**
   * @param {HTMLElement} node  that scrolls
   * @param {object} actions
   * @param {(choice: Choice, event: Event) => void} actions.onPick
   * @param {(character: string) => void} actions.onType
   * @param {(section: number) => void} actions.onScroll  to another section
   */
  constructor(node, actions) {
    this.#node = node;
    this.#actions = actions;
    node.addEventListener("keydown", (event) => this.#onKeyDown(event));
    node.addEventListener("focusin", ({ target }) => this.#makeTabStop(target));
    node.addEventListener("scroll", () => actions.onScroll(this.#scrolledTo()));
  }

  /** @param {{name: string, choices: Choice[]}[]} sections */
  show(sections) {
    const hasFocus = this.#node.contains(document.activeElement);
    this.#sections = sections.map(({ choices }) => choices.map((choice) => this.#newButton(choice)));
    this.#sectionNodes = sections.map(({ name }, index) => newSection(name, this.#sections[index]));
    this.#node.replaceChildren(...this.#sectionNodes);
    this.#node.scrollTop = 0;
    this.#sectionNodes.forEach((node, index) => this.#reserve(node, this.#sections[index].length));
    this.#actions.onScroll(0);
    this.#makeTabStop(this.#sections.flat()[0]);
    hasFocus && this.focusFirst();
  }

  focusFirst() {
    this.#sections.flat()[0]?.focus();
  }

  /** @param {Event} event */
  pickFirst(event) {
    const [first] = this.#sections.flat();
    first?.dispatchEvent(new MouseEvent("click", { shiftKey: event.shiftKey }));
  }

  /** @param {number} index */
  goToSection(index) {
    this.#sectionNodes[index]?.scrollIntoView({ block: "start" });
    this.#makeTabStop(this.#sections[index]?.[0]);
  }

  #newButton(choice) {
    const node = button(choice.shown, (event) => this.#actions.onPick(choice, event), "emoji-choice");
    node.title = node.ariaLabel = choice.name;
    node.tabIndex = -1;
    return node;
  }

  /** The height of a section that is not rendered yet. */
  #reserve(node, count) {
    node.style.setProperty("--rows", Math.ceil(count / this.#columns));
  }

  get #columns() {
    const grid = this.#node.querySelector(".picker-grid");
    return getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  }

  #makeTabStop(target) {
    const previous = this.#node.querySelector("[tabindex='0']");
    if (target?.matches(".emoji-choice") && target !== previous) {
      previous && (previous.tabIndex = -1);
      target.tabIndex = 0;
    }
  }

  #scrolledTo() {
    const { scrollTop, offsetTop } = this.#node;
    const passed = this.#sectionNodes.findLastIndex((node) => node.offsetTop - offsetTop <= scrollTop + 1);
    return Math.max(0, passed);
  }

  #onKeyDown(event) {
    const next = this.#neighbour(event);
    if (next) {
      event.preventDefault();
      next.focus();
    } else if (isText(event)) {
      event.preventDefault();
      this.#actions.onType(event.key);
    }
  }

  #neighbour({ key, target }) {
    const all = this.#sections.flat();
    const index = all.indexOf(target);
    const forward = this.#node.matches(":dir(rtl)") ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[key];
    const rows = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      return all[index + step] ?? target;
    }
    return rows ? (this.#inRow(target, rows) ?? target) : { Home: all[0], End: all.at(-1) }[key];
  }

  /** The emoji above or below, also in the next section. */
  #inRow(target, rows) {
    const columns = this.#columns;
    const section = this.#sections.findIndex((buttons) => buttons.includes(target));
    const index = this.#sections[section].indexOf(target);
    const column = index % columns;
    const row = Math.floor(index / columns) + rows;
    const [buttons, wanted] = [this.#sections[section], row * columns + column];
    const lastRow = (it) => Math.floor((it.length - 1) / columns);
    if (row >= 0 && row <= lastRow(buttons)) {
      return buttons[Math.min(wanted, buttons.length - 1)];
    }
    const next = this.#sections[section + rows];
    return next?.[Math.min((rows > 0 ? 0 : lastRow(next) * columns) + column, next.length - 1)];
  }
}

const isText = ({ key, ctrlKey, metaKey, altKey }) =>
  !ctrlKey && !metaKey && !altKey && key.length === 1 && key !== " ";

function newSection(name, buttons) {
  const heading = element("h3", "picker-heading", name);
  const grid = element("div", "picker-grid", ...buttons);
  grid.role = "group";
  grid.ariaLabel = name;
  return element("section", "picker-section", heading, grid);
}
