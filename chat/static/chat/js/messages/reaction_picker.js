import { ngettext } from "../lib/i18n.js";
import { button, setText } from "../ui/dom.js";
import { enableArrowKeys, openBeside, positionBeside } from "../ui/popover.js";

const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "😢"];
const MAX_RESULTS = 48;

/** The popover that picks an emoji: six quick ones, and a search by name. */
export class ReactionPicker {
  #popover = document.querySelector("[data-reaction-picker]");
  #quick = document.querySelector("[data-reaction-quick]");
  #field = document.querySelector("[data-reaction-search]");
  #results = document.querySelector("[data-reaction-found]");
  #count = document.querySelector("[data-reaction-count]");
  #names;
  #onPick = () => {};
  #anchor;

  /** @param {import("../lib/emoji_names.js").EmojiNames} names */
  constructor(names) {
    this.#names = names;
    this.#quick.replaceChildren(...QUICK.map((emoji) => this.#newButton(emoji, emoji)));
    this.#field.addEventListener("input", () => this.#search());
    this.#field.addEventListener("keydown", (event) => event.key === "Enter" && this.#pickFirst(event));
    enableArrowKeys(this.#popover);
  }

  /** @param {HTMLElement} anchor  @param {(emoji: string) => void} onPick */
  open(anchor, onPick) {
    this.#onPick = onPick;
    this.#anchor = anchor;
    this.#field.value = "";
    this.#search();
    openBeside(this.#popover, anchor);
    this.#quick.firstElementChild.focus();
  }

  /** An empty query finds the most used. */
  async #search() {
    const query = this.#field.value.trim().toLowerCase().replaceAll(" ", "_");
    const found = await this.#names.search(query, MAX_RESULTS);
    this.#results.replaceChildren(...found.map(({ emoji, name }) => this.#newButton(emoji, name)));
    const count = query && ngettext("%(count)s emoji found", "%(count)s emoji found", found.length);
    setText(this.#count, count);
    positionBeside(this.#popover, this.#anchor);
  }

  #pickFirst(event) {
    event.preventDefault();
    this.#results.querySelector("button")?.click();
  }

  #newButton(emoji, name) {
    const node = button(emoji, () => this.#pick(emoji), "emoji-choice");
    node.title = node.ariaLabel = name.replaceAll("_", " ");
    return node;
  }

  #pick(emoji) {
    this.#popover.hidePopover();
    this.#onPick(emoji);
  }
}
