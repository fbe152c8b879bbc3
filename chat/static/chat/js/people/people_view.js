import { gettext, language, ngettext } from "../lib/i18n.js";
import { element, setText, updateRows } from "../ui/dom.js";
import { newAvatar, showAvatar } from "./avatar.js";
import { avatarColors } from "./avatar_colors.js";
import { kindName } from "./kind_name.js";

/** The list of people in the room. */
export class PeopleView {
  #list = document.querySelector("[data-people]");
  #more = document.querySelector("[data-people-more]");
  #count = document.querySelector("[data-people-count]");
  #people;
  #me;

  /**
   * @param {import("./people.js").People} people
   * @param {{id: string}} me
   */
  constructor(people, me) {
    this.#people = people;
    this.#me = me;
  }

  update() {
    const { sorted, count } = this.#people.roster ?? this.#people;
    const rows = new Map([...this.#list.children].map((row) => [row.dataset.member, row]));
    const rowOf = ({ id }) => rows.get(id) ?? this.#newRow(id);
    updateRows(this.#list, sorted.map((person) => this.#showRow(rowOf(person), person)));
    const others = count - sorted.length;
    setText(this.#more, others > 0 ? ngettext("and %(count)s other", "and %(count)s others", others) : "");
    setText(this.#count, count.toLocaleString(language));
  }

  #showRow(row, { id, name, mark, guest, bot, picture, role, isAbsent = false }) {
    row.classList.toggle("is-absent", isAbsent);
    showAvatar(row.querySelector(".avatar"), name, avatarColors.of(id), guest, picture);
    setText(row.querySelector(".people-name"), name);
    const note = row.querySelector(".people-note");
    note.dataset.mark = mark; // beside the name, which may end in an ellipsis
    setText(note, [id === this.#me.id ? gettext("you") : kindName({ guest, bot }), role].filter(Boolean).join(" · "));
    return row;
  }

  #newRow(id) {
    const [name, note] = [element("span", "people-name"), element("span", "people-note")];
    const button = element("button", "people-row", newAvatar("is-small"), name, note);
    button.type = "button";
    button.dataset.reading = "openCard";
    button.ariaHasPopup = "dialog";
    const row = element("li", "", button);
    row.dataset.member = id;
    return row;
  }
}
