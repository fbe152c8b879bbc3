import { language } from "../lib/i18n.js";
import { readStorage, writeStorage } from "../lib/storage.js";

const SORT = "lobby sort rooms";

/** In the order of the sidebar. */
export const GROUPS = ["starred", "rooms", "direct", "archived"];

/** How rooms are sorted in this browser. @returns {"activity"|"name"} */
export const sortOrder = () => (readStorage(SORT) === "name" ? "name" : "activity");

/** @param {"activity"|"name"} order */
export const setSortOrder = (order) => writeStorage(SORT, order === "name" ? order : "");

/**
 * Puts rooms into the groups of the sidebar.
 * @template {{name: string, kind: string, starred: boolean, archived: boolean}} Room
 * @param {Room[]} rooms  latest activity first
 * @returns {Object<string, Room[]>} by name of the group
 */
export function groupRooms(rooms) {
  const sorted = sortOrder() === "name" ? [...rooms].sort(byName) : rooms;
  return Object.fromEntries(GROUPS.map((group) => [group, sorted.filter((room) => groupOf(room) === group)]));
}

/** The rooms as the sidebar shows them, without archived ones. */
export function inSidebarOrder(rooms) {
  const { archived, ...groups } = groupRooms(rooms);
  return Object.values(groups).flat();
}

const groupOf = ({ kind, starred, archived }) =>
  starred ? "starred" : archived ? "archived" : kind === "direct" ? "direct" : "rooms";

const byName = (one, other) => one.name.localeCompare(other.name, language, { numeric: true, sensitivity: "base" });
