import { indexPath } from "./lib/addresses.js";
import { ReactionsSheet } from "./messages/reactions_sheet.js";
import { NameDialog } from "./people/name_dialog.js";
import { postToRoom } from "./rooms/post_to_room.js";
import { RoomActions } from "./rooms/room_actions.js";
import { RoomMenu } from "./rooms/room_menu.js";
import { RoomSheet } from "./rooms/room_sheet.js";
import { RoomSwitcher } from "./rooms/room_switcher.js";
import { showSettingsLinks } from "./roster/settings_links.js";
import { enableShareForms } from "./rooms/share_view.js";
import { enableClosingByClickOutside } from "./ui/dialogs.js";
import { enablePopoverButtons } from "./ui/popover_buttons.js";
import { ThemeChoice } from "./ui/theme_choice.js";

/** @typedef {ReturnType<typeof createViews>} Views */

/**
 * Creates what a room shows only when asked to. It is a script of its own: see room_page/on_demand_views.js.
 * @param {object} context
 * @param {{id: string, name: string}} context.me
 * @param {{id: ?string, name: string, kind: string}} context.room  of this page
 * @param {import("./rooms/rooms.js").Rooms} context.rooms
 * @param {() => void} context.requestRooms
 * @param {(id: string) => number} context.avatarColor  of the page: importing avatar_colors.js here would make a copy
 * @param {(name: string) => void} context.onRename
 * @param {() => void} context.onNameSaved
 * @param {() => void} context.onRoomsChange
 * @param {(detail: string) => void} context.onError
 * @param {(room: {id: string}) => void} context.onLeft  I have left a room
 * @param {import("./rooms/room_sheet.js").RoomSheetActions} context.roomSheetActions
 */
export function createViews({ me, room, rooms, requestRooms, avatarColor, roomSheetActions, ...listeners }) {
  const onLeaveMembers = (left) => leaveMembers(left, () => (left.id === room.id ? location.assign(indexPath) : requestRooms()), listeners);
  const roomActions = new RoomActions(rooms, { ...listeners, onLeaveMembers });
  const roomSwitcher = new RoomSwitcher(rooms, (typed) => (me.guest ? [] : findPeople(typed, listeners)));
  const roomSheet = new RoomSheet(rooms, room, roomActions, roomSheetActions);
  const reactionsSheet = new ReactionsSheet(me, avatarColor);
  showSettingsLinks(me);
  new ThemeChoice();
  enableShareForms();
  enablePopoverButtons();
  enableClosingByClickOutside();
  return {
    keepRoom: async (room) => (await postToRoom(room, "keep")) || requestRooms(),
    nameDialog: new NameDialog(listeners),
    reactionsSheet,
    roomMenu: new RoomMenu(roomActions),
    roomSheet,
    roomSwitcher,
    /** Messages, rooms or people have changed. */
    update() {
      showSettingsLinks(me);
      [roomSwitcher, roomSheet, reactionsSheet].forEach((view) => view.update());
    },
  };
}

const leaveMembers = (room, onLeft, { onError }) =>
  import("./rooms/leaving/leave_members.js").then((it) => it.leaveMembers(room, onLeft, onError)).catch((error) => console.warn("A script could not be loaded:", error));

const findPeople = (typed, listeners) => import("./direct.js").then((it) => it.findPeople(typed, listeners)).catch(() => []);
