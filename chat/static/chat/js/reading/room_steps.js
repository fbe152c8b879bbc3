import { roomPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { inSidebarOrder } from "../sidebar/room_groups.js";

/**
 * Goes to the next room of the list, or the previous one, as if the list were a ring.
 * @param {import("../rooms/rooms.js").Rooms} rooms
 * @param {import("../ui/toast.js").Toast} toast  for a list without such a room
 * @param {1|-1} step
 * @param {{unread: boolean}} options  whether only unread rooms count
 */
export function stepRoom(rooms, toast, step, { unread }) {
  const next = adjacentRoom(inSidebarOrder(rooms.all), step, unread ? isUnread : () => true);
  if (next) {
    location.assign(roomPath(next));
  } else {
    toast.show(unread ? gettext("There is no unread room.") : gettext("There is no other room."));
  }
}

/**
 * @template {{isCurrent: boolean}} Room
 * @param {Room[]} rooms
 * @param {1|-1} step
 * @param {(room: Room) => boolean} isWanted
 * @returns {?Room}
 */
export function adjacentRoom(rooms, step, isWanted) {
  const current = rooms.findIndex(({ isCurrent }) => isCurrent);
  const start = current < 0 && step < 0 ? rooms.length : current;
  const others = rooms.map((_, index) => rooms.at((start + step * (index + 1)) % rooms.length));
  return others.find((room) => !room.isCurrent && isWanted(room)) ?? null;
}

const isUnread = ({ unread, mentions }) => unread > 0 || mentions > 0;
