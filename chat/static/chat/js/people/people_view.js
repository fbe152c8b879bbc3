import { hue, initials } from "./avatar.js";
import { element, setText, showRows } from "../ui/dom.js";
import { gettext, language, ngettext } from "../lib/i18n.js";

/** Who is here. */
export class PeopleView {
  #list = document.querySelector("[data-people]");
  #more = document.querySelector("[data-people-more]");
  #count = document.querySelector("[data-people-count]");
  #people;
  #me;
  #chosen;

  /**
   * @param {import("./people.js").People} people
   * @param {{id: string}} me
   * @param {(person: {id: string, name: string}) => void} chosen
   */
  constructor(people, me, chosen) {
    this.#people = people;
    this.#me = me;
    this.#chosen = chosen;
  }

  show() {
    const { inOrder, count } = this.#people;
    const rows = new Map([...this.#list.children].map((row) => [row.dataset.member, row]));
    const wanted = inOrder.map((person) => this.#row(rows.get(person.id), person));
    showRows(this.#list, wanted);
    const others = count - inOrder.length;
    setText(this.#more, others > 0 ? ngettext("and %(count)s other", "and %(count)s others", others) : "");
    setText(this.#count, count.toLocaleString(language));
  }

  #row(known, { id, name }) {
    const row = known ?? this.#newRow(id);
    setText(row.querySelector(".avatar"), initials(name));
    setText(row.querySelector(".people-name"), name);
    setText(row.querySelector(".people-note"), id === this.#me.id ? gettext("you") : "");
    const press = row.querySelector("button");
    press.title = press.ariaLabel = gettext("Mention %(name)s", { name });
    return row;
  }

  #newRow(id) {
    const avatar = element("span", "avatar is-small");
    avatar.ariaHidden = "true";
    avatar.style.setProperty("--hue", hue(id));
    const press = element("button", "people-row", avatar, element("span", "people-name"), element("span", "people-note"));
    press.type = "button";
    press.addEventListener("click", () => this.#chosen(this.#people.here.find((person) => person.id === id)));
    const row = element("li", "", press);
    row.dataset.member = id;
    return row;
  }
}
