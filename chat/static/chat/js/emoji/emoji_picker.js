import { TOUCH } from "../keyboard/virtual_keyboard.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { setVisibleHeight } from "../touch/visible_height.js";
import { button, setText } from "../ui/dom.js";
import { openBeside, positionBeside } from "../ui/popover.js";
import { EmojiGrid } from "./emoji_grid.js";
import { recentEmoji } from "./recent_emoji.js";
import { SkinToneChoice } from "./skin_tone_choice.js";

const SHEET = matchMedia("(width < 40rem)"); // as in popover.css

/** Of Unicode's groups: an emoji that stands for it, and its name. */
const GROUPS = [
  ["😀", gettext("Smileys and emotions")],
  ["👋", gettext("People and body")],
  ["🐻", gettext("Animals and nature")],
  ["🍔", gettext("Food and drink")],
  ["🚗", gettext("Travel and places")],
  ["⚽", gettext("Activities")],
  ["💡", gettext("Objects")],
  ["🔣", gettext("Symbols")],
  ["🏁", gettext("Flags")],
];

/** The popover that picks an emoji, for the composer and for reactions. On a phone it is a sheet. */
export class EmojiPicker {
  #popover = document.querySelector("[data-emoji-picker]");
  #field = document.querySelector("[data-emoji-search]");
  #count = document.querySelector("[data-emoji-count]");
  #tabs = document.querySelector("[data-emoji-groups]");
  #catalog;
  #grid;
  #anchor;
  #onPick = () => {};
  #keepsOpen = false;

  /** @param {import("./emoji_catalog.js").EmojiCatalog} catalog */
  constructor(catalog) {
    this.#catalog = catalog;
    this.#grid = new EmojiGrid(document.querySelector("[data-emoji-found]"), {
      onPick: (emoji, event) => this.#pick(emoji, event),
      onType: (character) => this.#typeInField(character),
      onScroll: (index) => this.#markTab(index),
    });
    new SkinToneChoice(() => this.#show());
    const sections = [["🕘", gettext("Recently used")], ...GROUPS];
    this.#tabs.replaceChildren(...sections.map((section, index) => this.#newTab(section, index)));
    this.#field.addEventListener("input", () => this.#show());
    this.#field.addEventListener("keydown", (event) => this.#onFieldKey(event));
    this.#popover.addEventListener("toggle", ({ newState }) => newState === "closed" && setVisibleHeight(null));
  }

  /** Picks a reaction. @param {HTMLElement} anchor  @param {(emoji: string) => void} onPick */
  openForReaction(anchor, onPick) {
    this.#popover.ariaLabel = gettext("React");
    this.#open(anchor, onPick, false);
    this.#grid.focusFirst();
  }

  /**
   * Picks emoji for a text. On a touch screen the picker stays for several, above it the text.
   * @param {HTMLElement} anchor
   * @param {(emoji: string) => void} onPick
   */
  openForText(anchor, onPick) {
    if (TOUCH.matches) {
      document.activeElement.blur(); // closes the keyboard, and closing the picker does not open it again
    }
    this.#popover.ariaLabel = gettext("Emoji");
    this.#open(anchor, onPick, TOUCH.matches);
    if (!TOUCH.matches) {
      this.#field.focus();
    } else if (SHEET.matches) {
      setVisibleHeight(innerHeight - this.#popover.offsetHeight); // the field is above the sheet
    }
  }

  async #open(anchor, onPick, keepsOpen) {
    this.#anchor = anchor;
    this.#onPick = onPick;
    this.#keepsOpen = keepsOpen;
    this.#popover.classList.toggle("keeps-open", keepsOpen);
    this.#field.value = "";
    this.#show();
    openBeside(this.#popover, anchor);
    const hadAll = this.#catalog.groups.length > 0;
    const isLoaded = await this.#catalog.load();
    if (!isLoaded) {
      setText(this.#count, gettext("The other emoji could not be loaded. Try again in a moment."));
    } else if (!hadAll) {
      this.#show();
    }
    positionBeside(this.#popover, this.#anchor);
  }

  #show() {
    const query = this.#field.value.trim();
    query ? this.#showFound(query) : this.#showGroups();
  }

  #showFound(query) {
    const found = this.#catalog.search(query);
    this.#grid.show([{ name: gettext("Search results"), choices: found.map((it) => this.#choice(it)) }]);
    const count = ngettext("%(count)s emoji found", "%(count)s emoji found", found.length);
    setText(this.#count, found.length ? count : gettext("No emoji found"));
    this.#tabs.hidden = true;
  }

  #showGroups() {
    const recent = recentEmoji.all.map((emoji) => this.#choice({ emoji, name: this.#catalog.nameOf(emoji) }));
    const groups = this.#catalog.groups.map((group, index) => ({
      name: GROUPS[index][1],
      choices: group.map((it) => this.#choice(it)),
    }));
    this.#grid.show([{ name: gettext("Recently used"), choices: recent }, ...groups]);
    setText(this.#count, "");
    this.#tabs.hidden = false;
  }

  #choice({ emoji, name }) {
    return { emoji, shown: this.#catalog.inTone(emoji), name };
  }

  #newTab([emoji, name], index) {
    const tab = button(emoji, () => this.#grid.goToSection(index), "picker-group");
    tab.title = tab.ariaLabel = name;
    return tab;
  }

  #markTab(index) {
    [...this.#tabs.children].forEach((tab, it) => (tab.ariaCurrent = it === index ? "true" : null));
    this.#tabs.children[index].scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #onFieldKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.#grid.pickFirst(event);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.#grid.focusFirst();
    }
  }

  #typeInField(character) {
    this.#field.focus();
    this.#field.value += character;
    this.#show();
  }

  #pick({ emoji, shown }, { shiftKey }) {
    const staysOpen = this.#keepsOpen || shiftKey;
    staysOpen || this.#popover.hidePopover();
    recentEmoji.add(emoji);
    this.#onPick(shown);
  }
}
