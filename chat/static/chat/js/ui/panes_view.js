import { keep, kept } from "../lib/kept.js";

const WIDE = matchMedia("(width >= 64rem)");
const MAIN = document.querySelector("main");

/** The panes beside the timeline: my rooms, and who is here. Each folds, and stays as it was left. */
export class PanesView {
  #panes = ["rooms", "people"].map((name) => new Pane(name));

  constructor() {
    document.querySelector("[data-backdrop]").addEventListener("click", () => this.close());
    document.querySelector("[data-people]").addEventListener("click", () => this.close(), { capture: true }); // to write to them
  }

  /** Those that lie over the timeline. Returns whether there were any. */
  close() {
    const over = this.#panes.filter((pane) => pane.isOverlay);
    over.forEach((pane) => pane.toggle());
    return over.length > 0;
  }
}

class Pane {
  #name;
  #key;
  #pane;
  #button;

  constructor(name) {
    this.#name = name;
    this.#key = `lobby pane ${name}`;
    this.#pane = document.querySelector(`[data-pane=${name}]`);
    this.#button = document.querySelector(`[data-toggle=${name}]`);
    this.#button.addEventListener("click", () => this.toggle());
    this.#pane.querySelector("[data-pane-close]").addEventListener("click", () => this.toggle());
    WIDE.addEventListener("change", () => this.#begin());
    this.#begin();
  }

  get isOverlay() {
    return !WIDE.matches && this.#isOpen;
  }

  show(isOpen) {
    const hadFocus = this.#pane.contains(document.activeElement);
    document.documentElement.classList.toggle(`shows-${this.#name}`, isOpen);
    this.#button.ariaExpanded = String(isOpen);
    this.#pane.inert = !isOpen;
    // What lies under a pane is not to be reached, as it is not to be seen.
    MAIN.inert = !WIDE.matches && document.querySelector("[data-toggle][aria-expanded=true]") !== null;
    if (hadFocus && !isOpen) {
      this.#button.focus();
    }
  }

  get #isOpen() {
    return this.#button.ariaExpanded === "true";
  }

  /** On a narrow page a pane lies over the timeline, and is opened to look something up. */
  #begin() {
    this.show(WIDE.matches && kept(this.#key) !== "folded");
  }

  toggle() {
    this.show(!this.#isOpen);
    if (WIDE.matches) {
      keep(this.#key, this.#isOpen ? "open" : "folded");
    }
    (this.#isOpen ? this.#pane.querySelector("[data-pane-close]") : this.#button).focus();
  }
}
