import { gettext, language, ngettext } from "../lib/i18n.js";
import { newAvatar, showAvatar } from "../people/avatar.js";
import { element } from "../ui/dom.js";

/** @typedef {import("./message_presenter.js").DisplayedMessage["reactions"]} Reactions */

/** The sheet that names who reacted to a message. */
export class ReactionsSheet {
  #dialog = document.querySelector("[data-reactions-sheet]");
  #list = document.querySelector("[data-reactions-list]");
  #me;
  #colorOf;
  #read = () => [];

  /** @param {{id: string}} me  @param {(id: string) => number} colorOf  of a person's avatar */
  constructor(me, colorOf) {
    this.#me = me;
    this.#colorOf = colorOf;
  }

  /**
   * @param {() => Reactions} read  the present reactions to the message
   * @param {string} [emoji]  the reaction to begin with
   * @returns {HTMLElement} the sheet
   */
  open(read, emoji) {
    this.#read = () => read().toSorted((one, other) => (other.emoji === emoji) - (one.emoji === emoji));
    this.#dialog.showModal();
    this.update();
    this.#dialog.scrollTop = 0;
    return this.#dialog;
  }

  update() {
    if (this.#dialog.open) {
      const reactions = this.#read();
      this.#list.replaceChildren(...reactions.map((reaction) => this.#section(reaction)));
      reactions.length || this.#dialog.close();
    }
  }

  #section({ emoji, count, people, isMine }) {
    const others = people.filter(({ id }) => id !== this.#me.id).map((person) => this.#row(person));
    const rows = isMine ? [this.#row(this.#me, gettext("you")), ...others] : others;
    const more = count - rows.length;
    const heading = element("h3", "reactors-head", element("span", "reaction-emoji", emoji), count.toLocaleString(language));
    const section = element("section", "", heading, element("ul", "", ...rows));
    more > 0 && section.append(element("p", "people-more", ngettext("and %(count)s other", "and %(count)s others", more)));
    return section;
  }

  #row({ id, name, mark = "" }, note = "") {
    const avatar = newAvatar("is-small");
    showAvatar(avatar, name, this.#colorOf(id));
    const shownName = element("span", "people-name", name);
    shownName.dataset.mark = mark;
    return element("li", "reactor", avatar, shownName, element("span", "people-note", note));
  }
}
