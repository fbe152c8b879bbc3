import { readStorage, writeStorage } from "../lib/storage.js";

const WIDE = matchMedia("(width >= 64rem)");
const MAIN = document.querySelector("main");

/** The two side panes: rooms and people. Each can be collapsed; the browser stores that. */
export class Panes {
  #panes = ["rooms", "people"].map((name) => new Pane(name));

  constructor() {
    document.querySelector("[data-backdrop]").addEventListener("click", () => this.close());
    document.querySelector(".rooms-pane").addEventListener("click", (event) => this.#onChooseRoom(event));
  }

  /** A room that was chosen must not come back covered: browsers restore pages as they were left. */
  #onChooseRoom(event) {
    const { target, ctrlKey, metaKey, shiftKey } = event;
    if (target.closest("[data-find-room]")) {
      this.close();
    } else if (target.closest("[data-room-groups] a") && !(ctrlKey || metaKey || shiftKey)) {
      target.closest("[aria-current]") && event.preventDefault(); // this page has the room
      this.close();
    }
  }

  /** Closes the panes that cover the timeline. @returns {boolean} whether there were any */
  close() {
    const overlays = this.#panes.filter((pane) => pane.isOverlay);
    overlays.forEach((pane) => pane.toggle());
    return overlays.length > 0;
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
    WIDE.addEventListener("change", () => this.#reset());
    this.#reset();
  }

  /** Whether it covers the timeline. */
  get isOverlay() {
    return !WIDE.matches && this.#isOpen;
  }

  toggle() {
    this.#show(!this.#isOpen);
    if (WIDE.matches) {
      writeStorage(this.#key, this.#isOpen ? "open" : "folded");
    }
    (this.#isOpen ? this.#pane.querySelector("[data-pane-close]") : this.#button).focus();
  }

  get #isOpen() {
    return this.#button.ariaExpanded === "true";
  }

  /** A narrow page begins with its panes closed, as they would cover the timeline. */
  #reset() {
    this.#show(WIDE.matches && readStorage(this.#key) !== "folded");
  }

  #show(isOpen) {
    const hadFocus = this.#pane.contains(document.activeElement);
    document.documentElement.classList.toggle(`shows-${this.#name}`, isOpen);
    this.#button.ariaExpanded = String(isOpen);
    this.#pane.inert = !isOpen;
    // What a pane covers must not be reachable by keyboard either.
    MAIN.inert = !WIDE.matches && document.querySelector("[data-toggle][aria-expanded=true]") !== null;
    if (hadFocus && !isOpen) {
      this.#button.focus();
    }
  }
}
