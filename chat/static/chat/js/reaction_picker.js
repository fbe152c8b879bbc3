import { button } from "./dom.js";
import { openBeside, walkWithArrows } from "./popover.js";

const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const FOUND = 48;

/** Chooses an emoji: six at hand, and any other by its name. */
export class ReactionPicker {
  #popover = document.querySelector("[data-reaction-picker]");
  #quick = document.querySelector("[data-reaction-quick]");
  #search = document.querySelector("[data-reaction-search]");
  #found = document.querySelector("[data-reaction-found]");
  #names;
  #choose = () => {};

  /** @param {import("./emoji.js").EmojiNames} names */
  constructor(names) {
    this.#names = names;
    this.#quick.replaceChildren(...QUICK.map((emoji) => this.#choice(emoji, emoji)));
    this.#search.addEventListener("input", () => this.#look());
    this.#search.addEventListener("keydown", (event) => event.key === "Enter" && this.#takeFirst(event));
    walkWithArrows(this.#popover);
  }

  /** @param {HTMLElement} anchor  @param {(emoji: string) => void} choose */
  open(anchor, choose) {
    this.#choose = choose;
    this.#search.value = "";
    this.#look();
    openBeside(this.#popover, anchor);
    this.#quick.firstElementChild.focus();
  }

  /** What is asked for; the usual ones, where nothing is. */
  async #look() {
    const query = this.#search.value.trim().toLowerCase().replaceAll(" ", "_");
    const found = await this.#names.search(query, FOUND);
    this.#found.replaceChildren(...found.map(({ emoji, name }) => this.#choice(emoji, name)));
  }

  #takeFirst(event) {
    event.preventDefault();
    this.#found.querySelector("button")?.click();
  }

  #choice(emoji, name) {
    const choice = button(emoji, () => this.#chosen(emoji), "emoji-choice");
    choice.title = choice.ariaLabel = name.replaceAll("_", " ");
    return choice;
  }

  #chosen(emoji) {
    this.#popover.hidePopover();
    this.#choose(emoji);
  }
}
