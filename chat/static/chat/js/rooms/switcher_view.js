import { element, setText } from "../ui/dom.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { composes, keyNode } from "../keyboard/keyboard.js";
import { activate, placeOf } from "../ui/listbox.js";
import { asCount } from "./rooms.js";
import { find, other } from "./switcher.js";

/**
 * Goes to another room by a few letters of its name: a field over a list (ARIA 1.2's combobox pattern), in a
 * dialog. The focus stays in the field.
 */
export class SwitcherView {
  #dialog = document.querySelector("[data-switcher]");
  #field = document.querySelector("[data-switcher-field]");
  #list = document.querySelector("[data-switcher-list]");
  #note = document.querySelector("[data-switcher-note]");
  #rooms;
  #names = []; // of the options that are shown
  #active = 0; // the index of one of them

  /** @param {import("./rooms.js").Rooms} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
    const button = document.querySelector("[data-find-room]");
    button.append(keyNode("Mod+K"));
    button.addEventListener("click", () => this.open());
    this.#field.addEventListener("input", () => this.#find(0));
    this.#field.addEventListener("keydown", (event) => composes(event) || this.#pressed(event));
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // it would take the focus
    this.#list.addEventListener("mousemove", ({ target }) => this.#activate(placeOf(this.#list, target)));
    this.#list.addEventListener("click", ({ target }) => this.#go(placeOf(this.#list, target)));
  }

  open() {
    this.#field.value = "";
    this.#dialog.showModal();
    this.#find(0);
  }

  /** Opens it, or closes it. */
  toggle() {
    this.#dialog.open ? this.#dialog.close() : this.open();
  }

  /** There is news of rooms; who is choosing stays at what they chose. */
  show() {
    if (this.#dialog.open) {
      const chosen = this.#names[this.#active];
      this.#find(0);
      this.#activate(this.#names.indexOf(chosen));
    }
  }

  #find(active) {
    const typed = this.#field.value;
    const rooms = this.#rooms.all;
    const found = find(rooms, typed);
    const unknown = other(rooms, typed);
    this.#names = [...found.map(({ name }) => name), ...(unknown ? [unknown] : [])];
    const nodes = [...found.map(roomNode), ...(unknown ? [otherNode(unknown)] : [])];
    nodes.forEach((node, index) => (node.id = `${this.#list.id}-${index}`));
    this.#list.replaceChildren(...nodes);
    this.#field.setAttribute("aria-expanded", String(nodes.length > 0));
    this.#field.removeAttribute("aria-activedescendant");
    this.#activate(active);
    this.#showNote();
  }

  #showNote() {
    const isNone = this.#names.length === 0;
    const isEmpty = isNone && !this.#field.value.trim();
    const what = isEmpty ? gettext("Type the name of a room.") : gettext("No room can have this name.");
    setText(this.#note, isNone ? what : "");
  }

  #activate(index) {
    if (activate(this.#list, this.#field, index)) {
      this.#active = index;
    }
  }

  #pressed(event) {
    const { length } = this.#names;
    const moves = { ArrowDown: this.#active + 1, ArrowUp: this.#active - 1 + length, Home: 0, End: length - 1 };
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Enter") {
      this.#go(this.#active);
    } else if (Object.hasOwn(moves, event.key) && length) {
      this.#activate(moves[event.key] % length);
    } else {
      return;
    }
    event.preventDefault();
  }

  #go(index) {
    const name = this.#names[index];
    if (name !== undefined) {
      this.#dialog.close();
      const address = `/chat/${encodeURIComponent(name)}/`;
      address === location.pathname || location.assign(address);
    }
  }
}

function roomNode({ name, isHere, unread, mentions }) {
  const node = optionNode(element("span", "switcher-name", name));
  const note = isHere ? gettext("You are here") : newsOf(unread, mentions);
  note && node.append(" ", element("span", "switcher-note", note));
  return node;
}

function otherNode(name) {
  return optionNode(element("span", "switcher-name", gettext("Open “%(name)s”", { name })));
}

function optionNode(...content) {
  const node = element("li", "option switcher-option", ...content);
  node.role = "option";
  return node;
}

function newsOf(unread, mentions) {
  if (mentions) {
    return ngettext("%(shown)s mention", "%(shown)s mentions", mentions, { shown: asCount(mentions) });
  }
  return unread ? gettext("%(shown)s new", { shown: asCount(unread) }) : "";
}
