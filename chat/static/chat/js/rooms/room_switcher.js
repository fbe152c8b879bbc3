import { isComposing } from "../keyboard/keyboard.js";
import { roomPath } from "../lib/addresses.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { element, setText } from "../ui/dom.js";
import { activateOption, optionIndex } from "../ui/listbox.js";
import { newRoomName, searchRooms } from "./room_search.js";
import { formatCount } from "./rooms.js";

/**
 * The dialog that finds and opens a room by a few letters of its name: a field over a list (ARIA 1.2's combobox
 * pattern). The field keeps the focus.
 */
export class RoomSwitcher {
  #dialog = document.querySelector("[data-switcher]");
  #field = document.querySelector("[data-switcher-field]");
  #list = document.querySelector("[data-switcher-list]");
  #note = document.querySelector("[data-switcher-note]");
  #rooms;
  #options = []; // rooms; a new one has no id
  #activeIndex = 0;

  /** @param {import("./rooms.js").Rooms} rooms */
  constructor(rooms) {
    this.#rooms = rooms;
    this.#field.addEventListener("input", () => this.#search(0));
    this.#field.addEventListener("keydown", (event) => isComposing(event) || this.#onKeyDown(event));
    this.#list.addEventListener("mousedown", (event) => event.preventDefault()); // leaves the focus in the field
    this.#list.addEventListener("mousemove", ({ target }) => this.#activate(optionIndex(this.#list, target)));
    this.#list.addEventListener("click", ({ target }) => this.#go(optionIndex(this.#list, target)));
  }

  toggle() {
    this.#dialog.open ? this.#dialog.close() : this.#open();
  }

  /** Shows changed rooms; the active option stays active. */
  update() {
    if (this.#dialog.open) {
      const active = this.#options[this.#activeIndex];
      this.#search(0);
      this.#activate(this.#options.findIndex(({ id }) => id === active?.id));
    }
  }

  #open() {
    this.#field.value = "";
    this.#dialog.showModal();
    this.#search(0);
  }

  #search(activeIndex) {
    const typed = this.#field.value;
    const rooms = this.#rooms.all;
    const newName = newRoomName(rooms, typed);
    this.#options = [...searchRooms(rooms, typed), ...(newName ? [{ id: null, name: newName }] : [])];
    const nodes = this.#options.map((room) => (room.id === null ? newRoomNode(room) : roomNode(room)));
    nodes.forEach((node, index) => (node.id = `${this.#list.id}-${index}`));
    this.#list.replaceChildren(...nodes);
    this.#field.setAttribute("aria-expanded", String(nodes.length > 0));
    this.#field.removeAttribute("aria-activedescendant");
    this.#activate(activeIndex);
    this.#updateNote();
  }

  #updateNote() {
    const isNone = this.#options.length === 0;
    const isEmpty = isNone && !this.#field.value.trim();
    const note = isEmpty ? gettext("Enter a room name.") : gettext("This is not a valid room name.");
    setText(this.#note, isNone ? note : "");
  }

  #activate(index) {
    if (activateOption(this.#list, this.#field, index)) {
      this.#activeIndex = index;
    }
  }

  #onKeyDown(event) {
    const { length } = this.#options;
    const targets = {
      ArrowDown: this.#activeIndex + 1,
      ArrowUp: this.#activeIndex - 1 + length,
      Home: 0,
      End: length - 1,
    };
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Enter") {
      this.#go(this.#activeIndex);
    } else if (Object.hasOwn(targets, event.key) && length) {
      this.#activate(targets[event.key] % length);
    } else {
      return;
    }
    event.preventDefault();
  }

  #go(index) {
    const room = this.#options[index];
    if (room) {
      this.#dialog.close();
      const path = roomPath(room.name);
      path === location.pathname || location.assign(path);
    }
  }
}

function roomNode({ name, isCurrent, unread, mentions }) {
  const node = optionNode(element("span", "switcher-name", name));
  const note = isCurrent ? gettext("Current room") : countsNote(unread, mentions);
  note && node.append(" ", element("span", "switcher-note", note));
  return node;
}

function newRoomNode({ name }) {
  return optionNode(element("span", "switcher-name", gettext("Open “%(name)s”", { name })));
}

function optionNode(...content) {
  const node = element("li", "option switcher-option", ...content);
  node.role = "option";
  return node;
}

function countsNote(unread, mentions) {
  if (mentions) {
    return ngettext("%(shown)s mention", "%(shown)s mentions", mentions, { shown: formatCount(mentions) });
  }
  return unread ? gettext("%(shown)s new", { shown: formatCount(unread) }) : "";
}
