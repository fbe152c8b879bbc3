import { button, setText } from "../ui/dom.js";
import { ngettext } from "../lib/i18n.js";
import { openBeside, placeBeside, walkWithArrows } from "../ui/popover.js";

const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const FOUND = 48;

/** Chooses an emoji: six at hand, and any other by its name. */
export class ReactionPicker {
  #popover = document.querySelector("[data-reaction-picker]");
  #quick = document.querySelector("[data-reaction-quick]");
  #search = document.querySelector("[data-reaction-search]");
  #found = document.querySelector("[data-reaction-found]");
  #count = document.querySelector("[data-reaction-count]");
  #names;
  #choose = () => {};
  #anchor;

  /** @param {import("../lib/emoji.js").EmojiNames} names */
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
    this.#anchor = anchor;
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
    const count = query && ngettext("%(count)s emoji found", "%(count)s emoji found", found.length);
    setText(this.#count, count);
    placeBeside(this.#popover, this.#anchor);
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
