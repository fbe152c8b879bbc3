import { recentEmoji } from "../emoji/recent_emoji.js";
import { inChosenTone } from "../emoji/skin_tone.js";
import { gettext } from "../lib/i18n.js";
import { button } from "../ui/dom.js";

const COUNT = 6;

/** The row of six emoji, and of one that picks others, at the top of a message's menu. */
export class QuickReactions {
  #row = document.querySelector("[data-menu-emoji]");
  #menu = document.querySelector("[data-message-menu]");
  #actions;

  /** @param {import("../messages/message_actions.js").MessageActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#row.hidden = false;
    this.#menu.querySelector(":scope > [data-action=pick]").hidden = true; // the row has it
    this.#show();
    this.#menu.addEventListener("beforetoggle", ({ newState }) => newState === "open" && this.#show());
  }

  #show() {
    const { node } = this.#actions;
    const mine = node ? [...node.querySelectorAll(".reaction[aria-pressed=true]")].map((chip) => chip.dataset.emoji) : [];
    const quick = recentEmoji.all.slice(0, COUNT);
    const more = button("+", null, "emoji-choice");
    more.dataset.action = "pick";
    more.ariaLabel = gettext("More emoji");
    more.setAttribute("role", "menuitem");
    this.#row.replaceChildren(...quick.map((emoji) => this.#choice(emoji, inChosenTone(emoji), mine)), more);
  }

  #choice(emoji, shown, mine) {
    const choice = button(shown, () => this.#choose(emoji, shown), "emoji-choice");
    choice.setAttribute("role", "menuitemcheckbox");
    choice.ariaChecked = String(mine.includes(shown));
    return choice;
  }

  #choose(emoji, shown) {
    const { node } = this.#actions;
    this.#menu.hidePopover();
    recentEmoji.add(emoji);
    this.#actions.perform("toggle", node, shown);
  }
}
