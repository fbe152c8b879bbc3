import { isComposing } from "../keyboard/keyboard.js";
import { addressIn, roomAddress, roomPath } from "../lib/addresses.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { element, setText } from "../ui/dom.js";
import { activateOption, optionIndex } from "../ui/listbox.js";
import { RoomLookup } from "./room_lookup.js";
import { newRoomName, searchRooms } from "./room_search.js";
import { formatCount, roomKey } from "./rooms.js";

/**
 * @typedef {{id: string, name: string, note: string, go: () => void}} FoundPerson
 *
 * The dialog that finds and opens a room by a few letters of its name, or a person: a field over a list (ARIA 1.2's combobox
 * pattern). The field keeps the focus.
 */
export class RoomSwitcher {
  #dialog = document.querySelector("[data-switcher]");
  #field = document.querySelector("[data-switcher-field]");
  #list = document.querySelector("[data-switcher-list]");
  #note = document.querySelector("[data-switcher-note]");
  #lookup = new RoomLookup(this.#dialog.dataset.findUrl);
  #rooms;
  #options = []; // rooms and people; a room that is not in the list has no id
  #answer = null; // the server's, about the typed text
  #asking = null; // resolves with the answer
  #searchPeople;
  #activeIndex = 0;

  /**
   * @param {import("./rooms.js").Rooms} rooms
   * @param {(typed: string) => Promise<FoundPerson[]>} searchPeople
   */
  constructor(rooms, searchPeople) {
    this.#rooms = rooms;
    this.#searchPeople = searchPeople;
    this.#field.addEventListener("input", () => this.#onInput());
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
    this.#onInput();
  }

  #onInput() {
    this.#asking = this.#ask();
    this.#search(0);
  }

  #search(activeIndex) {
    const typed = this.#field.value;
    const rooms = this.#rooms.all;
    const found = searchRooms(rooms, typed);
    const further = this.#furtherRooms(rooms, typed).filter((room) => !found.includes(room));
    this.#options = [...found, ...(this.#answer?.people ?? []), ...further];
    const nodes = this.#options.map((option) => (option.id === null ? furtherRoomNode(option) : optionOf(option)));
    nodes.forEach((node, index) => (node.id = `${this.#list.id}-${index}`));
    this.#list.replaceChildren(...nodes);
    this.#field.setAttribute("aria-expanded", String(nodes.length > 0));
    this.#field.removeAttribute("aria-activedescendant");
    this.#activate(activeIndex);
    this.#updateNote();
  }

  /** The room that the typed text names, where the search for letters does not find it. */
  #furtherRooms(rooms, typed) {
    if (!this.#answer) {
      const name = newRoomName(rooms, typed);
      return name ? [{ id: null, name, path: roomPath({ name }), label: gettext("Open “%(name)s”", { name }) }] : [];
    }
    const room = this.#answer.error ? this.#answer.nearest : this.#answer;
    const listed = room && !room.seq && rooms.find((it) => isSameRoom(roomAddress(it), addressIn(room.path)));
    return room ? [listed || { id: null, ...room }] : [];
  }

  /** Asks the server about the typed text. @returns {Promise<void>} */
  async #ask() {
    this.#answer = null;
    const typed = this.#field.value;
    const answer = await this.#lookup.find(typed);
    const people = answer && (await this.#searchPeople(typed));
    if (answer && typed === this.#field.value) {
      this.#answer = { ...answer, people };
      this.#search(Math.min(this.#activeIndex, Math.max(0, this.#list.childElementCount - 1)));
    }
  }

  #updateNote() {
    const isNone = this.#options.length === 0;
    const isEmpty = isNone && !this.#field.value.trim();
    setText(this.#note, isEmpty ? gettext("Enter a room name.") : (this.#answer?.error ?? ""));
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
      this.#enter();
    } else if (Object.hasOwn(targets, event.key) && length) {
      this.#activate(targets[event.key] % length);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** Goes to the active room. A pasted address has none before the server's answer. */
  async #enter() {
    if (!this.#options.length) {
      await this.#asking;
      if (this.#answer?.error) {
        return; // the nearest name is offered first
      }
    }
    this.#go(this.#activeIndex);
  }

  #go(index) {
    const option = this.#options[index];
    if (option) {
      this.#dialog.close();
      option.go ? option.go() : goTo(option.path ?? roomPath(option));
    }
  }
}


function optionOf({ name, isCurrent, unread, mentions, note = isCurrent ? gettext("Current room") : countsNote(unread, mentions) }) {
  const node = optionNode(element("span", "switcher-name", name));
  note && node.append(" ", element("span", "switcher-note", note));
  return node;
}

function furtherRoomNode({ label }) {
  return optionNode(element("span", "switcher-name", label));
}

/** Opens an address of this installation. In the room of this page, it only goes to the message. */
function goTo(path) {
  const { pathname, hash, href } = new URL(path, location);
  if (!isSameRoom(addressIn(pathname), addressIn(location.pathname))) {
    location.assign(href);
  } else if (hash === location.hash) {
    hash && dispatchEvent(new HashChangeEvent("hashchange")); // none comes by itself
  } else if (hash) {
    location.hash = hash;
  }
}

const isSameRoom = (address, other) => roomKey(address ?? "") === roomKey(other ?? ""); // null: of no room

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
