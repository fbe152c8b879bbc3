import { roomPath } from "../lib/addresses.js";
import { formatList, gettext, ngettext } from "../lib/i18n.js";
import { element, icon, setText, updateRows } from "../ui/dom.js";
import { formatCount } from "./rooms.js";

const MUTED_ICON = "M4 9v6h4l5 4V5L8 9H4M17 9l5 6M22 9l-5 6";
const MENU_ICON = "M6 12h.01M12 12h.01M18 12h.01";

/** The sidebar: my rooms with their unread badges. */
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
    this.#list.addEventListener("click", (event) => this.#onClick(event));
  }

  update() {
    const focused = this.#list.contains(document.activeElement) && document.activeElement;
    const rows = new Map([...this.#list.children].map((row) => [row.dataset.room, row]));
    const wanted = this.#rooms.all.map((room) => showRow(rows.get(room.id) ?? newRow(room.id), room));
    const index = focused ? [...this.#list.children].indexOf(focused.closest("[data-room]")) : -1;
    if (updateRows(this.#list, wanted)) {
      focused && this.#restoreFocus(focused, index);
    }
  }

  /** Moving a row removes the focus from it. If the row was removed, the next one gets the focus. */
  #restoreFocus(focused, index) {
    const row = this.#list.children[index] ?? this.#list.lastElementChild;
    const target = focused.isConnected ? focused : row?.querySelector("a");
    target?.focus({ preventScroll: true });
  }

  #onClick({ target }) {
    const menuButton = target.closest("[data-room-options]");
    if (menuButton) {
      const { room: id } = menuButton.closest("[data-room]").dataset;
      this.#openMenu(this.#rooms.all.find((room) => room.id === id), menuButton);
    }
  }
}

function newRow(id) {
  const row = element("li", "rooms-row");
  row.dataset.room = id;
  const muted = element("span", "rooms-muted", icon(MUTED_ICON));
  const link = element("a", "rooms-link", element("span", "rooms-name"), muted, element("span", "rooms-count"));
  const menuButton = element("button", "icon-button rooms-more", icon(MENU_ICON));
  menuButton.type = "button";
  menuButton.dataset.roomOptions = "";
  menuButton.ariaHasPopup = "menu";
  row.append(link, menuButton);
  return row;
}

function showRow(row, { name, topic, muted, isCurrent, unread, mentions }) {
  const link = row.querySelector("a");
  const badge = row.querySelector(".rooms-count");
  row.classList.toggle("is-unread", unread > 0 || mentions > 0);
  row.classList.toggle("is-muted", muted);
  link.ariaCurrent = isCurrent ? "page" : null;
  link.title = topic;
  link.href = roomPath(name);
  setText(link.querySelector(".rooms-name"), name);
  row.querySelector("[data-room-options]").ariaLabel = gettext("Options for %(name)s", { name });
  badge.classList.toggle("is-mention", mentions > 0);
  setText(badge, mentions ? `@${formatCount(mentions)}` : unread ? formatCount(unread) : "");
  link.ariaLabel = formatList([name, ...badgeLabels(muted, unread, mentions)], { type: "unit" }); // without "and"
  return row;
}

const badgeLabels = (muted, ...counts) => [...(muted ? [gettext("muted")] : []), ...countLabels(...counts)];

/** The counts of a badge in words. @param {number} unread  @param {number} mentions  @returns {string[]} */
export function countLabels(unread, mentions) {
  return [
    unread && ngettext("%(count)s unread", "%(count)s unread", unread, { count: formatCount(unread) }),
    mentions && ngettext("%(count)s mention", "%(count)s mentions", mentions, { count: formatCount(mentions) }),
  ].filter(Boolean);
}
