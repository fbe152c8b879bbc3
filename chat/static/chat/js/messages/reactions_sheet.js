import { gettext, language, ngettext } from "../lib/i18n.js";
import { newAvatar, showAvatar } from "../people/avatar.js";
import { isMe } from "../people/is_me.js";
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
    const reactions = this.#dialog.open ? this.#read() : [];
    const state = JSON.stringify(reactions);
    if (this.#dialog.open && state !== this.#list.dataset.shown) {
      this.#list.dataset.shown = state;
      this.#show(reactions);
    }
  }

  /** The row in focus keeps it. */
  #show(reactions) {
    const { member } = document.activeElement.closest("[data-member]")?.dataset ?? {};
    this.#list.replaceChildren(...reactions.map((reaction) => this.#section(reaction)));
    member && this.#list.querySelector(`[data-member="${member}"] button`)?.focus();
    reactions.length || this.#dialog.close();
  }

  #section({ emoji, count, people, isMine }) {
    const isMyself = (person) => isMe(person, this.#me);
    const others = people.filter((person) => !isMyself(person)).map((person) => this.#row(person));
    const rows = isMine ? [this.#row(people.find(isMyself) ?? this.#me, gettext("you")), ...others] : others;
    const more = count - rows.length;
    const heading = element("h3", "reactors-head", element("span", "reaction-emoji", emoji), count.toLocaleString(language));
    const section = element("section", "", heading, element("ul", "", ...rows));
    more > 0 && section.append(element("p", "people-more", ngettext("and %(count)s other", "and %(count)s others", more)));
    return section;
  }

  #row({ id, name, mark = "", picture }, note = "") {
    const avatar = newAvatar("is-small");
    showAvatar(avatar, name, this.#colorOf(id), false, picture);
    const shownNote = element("span", "people-note", note);
    shownNote.dataset.mark = mark; // beside the name, which may end in an ellipsis
    const opener = element("button", "reactor", avatar, element("span", "people-name", name), shownNote);
    opener.type = "button";
    opener.dataset.reading = "openCard";
    opener.ariaHasPopup = "dialog";
    const row = element("li", "", opener);
    row.dataset.member = id;
    return row;
  }
}
