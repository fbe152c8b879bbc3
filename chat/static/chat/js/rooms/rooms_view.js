import { element, icon, showRows } from "../ui/dom.js";
import { gettext, language, ngettext } from "../lib/i18n.js";
import { asCount } from "./rooms.js";

const MUTED = "M4 9v6h4l5 4V5L8 9H4M17 9l5 6M22 9l-5 6";
const facts = new Intl.ListFormat(language, { type: "unit" }); // in English: a, b, c
const MORE = "M6 12h.01M12 12h.01M18 12h.01";

/** My rooms, and what is new in each. */
export class RoomsView {
  #list = document.querySelector("[data-rooms]");
  #rooms;
  #openMenu;

  /**
   * @param {import("./rooms.js").Rooms} rooms
   * @param {(room: object, anchor: HTMLElement) => void} openMenu
   */
  constructor(rooms, openMenu) {
    this.#rooms = rooms;
    this.#openMenu = openMenu;
    this.#list.addEventListener("click", (event) => this.#pressed(event));
  }

  show() {
    const focused = this.#list.contains(document.activeElement) && document.activeElement;
    const rows = new Map([...this.#list.children].map((row) => [row.dataset.room, row]));
    const wanted = this.#rooms.all.map((room) => showRow(rows.get(room.name) ?? newRow(room.name), room));
    const place = focused ? [...this.#list.children].indexOf(focused.closest("[data-room]")) : -1;
    if (showRows(this.#list, wanted)) {
      focused && this.#keepFocus(focused, place);
    }
  }

  /** Rows that moved have lost it; where one is gone, so is its button, and the next takes the focus. */
  #keepFocus(focused, place) {
    const row = this.#list.children[place] ?? this.#list.lastElementChild;
    const holder = focused.isConnected ? focused : row?.querySelector("a");
    holder?.focus({ preventScroll: true });
  }

  #pressed({ target }) {
    const menu = target.closest("[data-room-menu-of]");
    if (menu) {
      const { room: name } = menu.closest("[data-room]").dataset;
      this.#openMenu(this.#rooms.all.find((room) => room.name === name), menu);
    }
  }
}

function newRow(name) {
  const row = element("li", "rooms-row");
  row.dataset.room = name;
  const link = element("a", "rooms-link", element("span", "rooms-name", name), element("span", "rooms-count"));
  link.href = `/chat/${encodeURIComponent(name)}/`;
  const menu = element("button", "icon-button rooms-more", icon(MORE));
  menu.type = "button";
  menu.dataset.roomMenuOf = name;
  menu.ariaLabel = gettext("More about %(name)s", { name });
  menu.ariaHasPopup = "menu";
  row.append(link, menu);
  return row;
}

function showRow(row, { name, topic, muted, isHere, unread, mentions }) {
  const link = row.querySelector("a");
  const count = row.querySelector(".rooms-count");
  row.classList.toggle("is-unread", unread > 0 || mentions > 0);
  row.classList.toggle("is-muted", muted);
  link.ariaCurrent = isHere ? "page" : null;
  link.title = topic;
  count.classList.toggle("is-mention", mentions > 0);
  count.replaceChildren(...countOf(muted, unread, mentions));
  link.ariaLabel = facts.format([name, ...words(muted, unread, mentions)]);
  return row;
}

function countOf(muted, unread, mentions) {
  if (mentions || unread) {
    return [mentions ? `@${asCount(mentions)}` : asCount(unread)];
  }
  return muted ? [icon(MUTED)] : [];
}

function words(muted, unread, mentions) {
  return [
    muted && gettext("muted"),
    unread && ngettext("%(count)s unread", "%(count)s unread", unread, { count: asCount(unread) }),
    mentions && ngettext("%(count)s mention", "%(count)s mentions", mentions, { count: asCount(mentions) }),
  ].filter(Boolean);
}
