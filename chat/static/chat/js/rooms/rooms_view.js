import { roomPath } from "../lib/addresses.js";
import { formatList, gettext, ngettext } from "../lib/i18n.js";
import { showPicture } from "../people/avatar.js";
import { button, element, icon, setText, updateRows } from "../ui/dom.js";
import { groupRooms, GROUPS } from "../sidebar/room_groups.js";
import { formatCount } from "./rooms.js";

const MUTED_ICON = "M4 9v6h4l5 4V5L8 9H4M17 9l5 6M22 9l-5 6";
const MENU_ICON = "M6 12h.01M12 12h.01M18 12h.01";
const PRIVATE_ICON = "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3";

/** The sidebar: my rooms in groups, with their unread badges. */
export class RoomsView {
  #sidebar = document.querySelector("[data-room-groups]");
  #groups = GROUPS.map((name) => document.querySelector(`[data-room-group="${name}"]`));
  #wasUnfolded = false;
  #rooms;
  #openMenu;
  #keepRoom;
  #replaced = new Map(); // by room id: the row that stands in place of the room's, and where
  #places = new Map(); // where a room's row is, or was last, by room id: its group, and the index there

  /**
   * @param {import("./rooms.js").Rooms} rooms
   * @param {(room: object, anchor: HTMLElement) => void} openMenu
   * @param {(room: object) => void} keepRoom
   */
  constructor(rooms, openMenu, keepRoom) {
    this.#rooms = rooms;
    this.#openMenu = openMenu;
    this.#keepRoom = keepRoom;
    this.#sidebar.addEventListener("click", (event) => this.#onClick(event));
  }

  update() {
    const focused = this.#sidebar.contains(document.activeElement) && document.activeElement;
    const index = focused ? this.#rows.indexOf(focused.closest("li")) : -1;
    const wanted = this.#wantedRows(this.#rooms.all);
    const changed = this.#groups.filter((group, at) => updateRows(group.querySelector("ul"), wanted[at]));
    this.#groups.forEach((group, at) => (group.hidden = !wanted[at].length && GROUPS[at] !== "rooms"));
    this.#unfold();
    if (changed.length && index >= 0) {
      this.#restoreFocus(focused, index);
    }
  }

  /** The room of this page is not hidden, unless I fold its group again. */
  #unfold() {
    const group = this.#sidebar.querySelector("details:has([aria-current])");
    if (group && !this.#wasUnfolded) {
      this.#wasUnfolded = group.open = true;
    }
  }

  /** Of all groups. */
  get #rows() {
    return [...this.#sidebar.querySelectorAll("li")];
  }

  /** By group. */
  #wantedRows(rooms) {
    const present = new Map(this.#rows.map((row) => [row.dataset.room, row]));
    this.#replaced.forEach(({ ends }, id) => ends && rooms.some((room) => room.id === id) && this.#replaced.delete(id));
    const groups = groupRooms(rooms.filter(({ id }) => !this.#replaced.has(id)));
    return GROUPS.map((name, group) => {
      const rows = groups[name].map((room) => showRow(present.get(room.id) ?? newRow(room.id), room));
      const replaced = [...this.#replaced.values()].filter((it) => it.group === group);
      replaced.forEach(({ index, row }) => rows.splice(index, 0, row));
      rows.forEach((row, index) => row.dataset.room && this.#places.set(row.dataset.room, { group, index }));
      return rows;
    });
  }

  /** Shows another row in place of a room's. @param {string} id  @param {HTMLElement} row */
  replaceRow(id, row) {
    this.#replaced.set(id, { row, group: GROUPS.indexOf("rooms"), index: 0, ...this.#places.get(id), ends: false });
    this.update();
  }

  /** The room's own row replaces that row as soon as the room is listed. @param {string} id */
  restoreRow(id) {
    Object.assign(this.#replaced.get(id) ?? {}, { ends: true });
    this.update();
  }

  /** @param {string} id  @param {HTMLElement} row  removed if it stands in place of the room's */
  removeReplacement(id, row) {
    if (this.#replaced.get(id)?.row === row) {
      this.#replaced.delete(id);
      this.update();
    }
  }

  /** Moving a row removes the focus from it. If the row was removed, the next one gets the focus. */
  #restoreFocus(focused, index) {
    const isRoom = ({ dataset }) => dataset.room !== undefined;
    const rows = this.#rows;
    const row = rows.slice(index).find(isRoom) ?? rows.findLast(isRoom);
    const target = focused.isConnected ? focused : row?.querySelector("a");
    target?.focus({ preventScroll: true });
  }

  #onClick({ target }) {
    const keepButton = target.closest("[data-room-keep]");
    if (keepButton) {
      this.#keep(keepButton.closest("[data-room]"));
    }
    const menuButton = target.closest("[data-room-options]");
    if (menuButton) {
      this.#openMenu(this.#roomOf(menuButton.closest("[data-room]")), menuButton);
    }
  }

  #keep(row) {
    const room = this.#roomOf(row);
    this.#keepRoom(room);
    this.#rooms.keep(room.id);
    this.update();
    row.querySelector("a").focus();
  }

  #roomOf({ dataset }) {
    return this.#rooms.all.find(({ id }) => id === dataset.room);
  }
}

function newRow(id) {
  const row = element("li", "rooms-row");
  row.dataset.room = id;
  const muted = element("span", "rooms-muted", icon(MUTED_ICON));
  const mark = element("span", "rooms-kind");
  const link = element("a", "rooms-link", mark, element("span", "rooms-name"), muted, element("span", "rooms-count"));
  const menuButton = button(icon(MENU_ICON), null, "icon-button rooms-more");
  menuButton.dataset.roomOptions = "";
  menuButton.ariaHasPopup = "menu";
  row.append(link, menuButton);
  return row;
}

function showRow(row, room) {
  const { name, kind, topic, muted, kept, picture, isCurrent, unread, mentions } = room;
  const isPrivate = kind === "members";
  const link = row.querySelector("a");
  const badge = row.querySelector(".rooms-count");
  row.classList.toggle("is-unread", unread > 0 || mentions > 0);
  row.classList.toggle("is-muted", muted);
  link.ariaCurrent = isCurrent ? "page" : null;
  link.title = topic;
  link.href = roomPath(room);
  setText(link.querySelector(".rooms-name"), name);
  showPrivateMark(link.querySelector(".rooms-kind"), isPrivate);
  showPicture(link, picture);
  showKeepButton(row, name, kept);
  row.querySelector("[data-room-options]").ariaLabel = gettext("Options for %(name)s", { name });
  badge.classList.toggle("is-mention", mentions > 0);
  setText(badge, mentions ? `@${formatCount(mentions)}` : unread ? formatCount(unread) : "");
  link.ariaLabel = formatList([name, ...badgeLabels(isPrivate, muted, unread, mentions)], { type: "unit" }); // without "and"
  return row;
}

/** A room that is only looked at leaves the list with the page. */
function showKeepButton(row, name, kept) {
  const node = row.querySelector("[data-room-keep]");
  if (kept) {
    node?.remove();
  } else if (!node) {
    row.append(newKeepButton(name));
  }
}

function newKeepButton(name) {
  const node = button(gettext("Keep"), null, "rooms-keep");
  node.dataset.roomKeep = "";
  node.title = gettext("Keep this room in your list");
  node.ariaLabel = gettext("Keep %(name)s in your list", { name });
  return node;
}

function showPrivateMark(node, isPrivate) {
  Boolean(node.firstChild) === isPrivate || node.replaceChildren(...(isPrivate ? [icon(PRIVATE_ICON)] : []));
}

const badgeLabels = (isPrivate, muted, ...counts) => [
  ...(isPrivate ? [gettext("private")] : []),
  ...(muted ? [gettext("muted")] : []),
  ...countLabels(...counts),
];

/** The counts of a badge in words. @param {number} unread  @param {number} mentions  @returns {string[]} */
export function countLabels(unread, mentions) {
  return [
    unread && ngettext("%(count)s unread", "%(count)s unread", unread, { count: formatCount(unread) }),
    mentions && ngettext("%(count)s mention", "%(count)s mentions", mentions, { count: formatCount(mentions) }),
  ].filter(Boolean);
}
