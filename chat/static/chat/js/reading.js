import { Announcer } from "./accessibility/announcer.js";
import { AnnouncerView } from "./accessibility/announcer_view.js";
import { FocusKeeper } from "./accessibility/focus_keeper.js";
import { goToDirect } from "./direct/begin_direct.js";
import { toggleBlocked } from "./direct/person_block.js";
import { gettext } from "./lib/i18n.js";
import { showOpenReports } from "./moderation/open_reports.js";
import { openReportDialog } from "./moderation/report_dialog.js";
import { DesktopNotifications } from "./notifications/desktop_notifications.js";
import { forgetRoom } from "./forgetting/forget_room.js";
import { followOtherTabs, forgetLostRooms, isBanned } from "./forgetting/lost_rooms.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { copyCode } from "./reading/code_copying.js";
import { enableMessageCopying } from "./reading/copied_messages.js";
import { openFoundFolds, toggleFold } from "./reading/fold_toggles.js";
import { copyMessageLink, copyMessageText } from "./reading/message_copying.js";
import { isMyText } from "./people/is_me.js";
import { followSigningIn } from "./people/signing_in.js";
import { PersonCard } from "./reading/person_card.js";
import { chooseOne, pressedPeople } from "./reading/pressed_people.js";
import { enablePrinting } from "./reading/printing.js";
import { stepRoom } from "./reading/room_steps.js";
import { openSpoiler } from "./reading/spoilers.js";
import { UnreadBar } from "./reading/unread_bar.js";
import { loadScript } from "./room_page/load_script.js";
import { enableSearch } from "./search/search_keys.js";
import { SortMenu } from "./sidebar/sort_menu.js";
import { confirmDialog } from "./ui/confirm_dialog.js";

/** @typedef {ReturnType<typeof createReading>} Reading */

/**
 * Creates what a reader does with messages and rooms: open, copy, print, go on. It is a script of its own, loaded like
 * on_demand.js.
 * @param {object} context
 * @param {HTMLElement} context.list  of messages
 * @param {import("./room_page/model.js").Model} context.model
 * @param {import("./net/socket.js").RoomSocket} context.socket
 * @param {import("./room_page/timeline_views.js").TimelineViews} context.timelineViews
 * @param {import("./ui/toast.js").Toast} context.toast
 * @param {(id: string) => number} context.avatarColor  of the page: importing avatar_colors.js here would make a copy
 * @param {() => void} context.onSort  of the rooms in the sidebar
 * @param {(name: string) => void} context.mention
 * @param {() => void} context.changeName
 */
export function createReading({ list, model, socket, timelineViews, toast, avatarColor, onSort, ...cardActions }) {
  const { changes, me, room, rooms, timeline, unreadMarker } = model;
  const looks = (id) => ({ mark: timeline.markOf({ id }), color: avatarColor(id) });
  const moderate = (act, person) => askToModerate(act, { ...person, name: timeline.nameOf(person) }, model, toast);
  const message = (person) => goToDirect(person, (detail) => toast.show(detail));
  const tellBlocked = async (person) => {
    const told = await toggleBlocked({ ...person, name: timeline.nameOf(person) });
    told && toast.show(told);
  };
  const card = new PersonCard(me, room, looks, { ...cardActions, message, toggleBlocked: tellBlocked, moderate });
  const showComposerState = composerStateOf(me, room);
  const sortMenu = new SortMenu(onSort);
  new FocusKeeper(list.closest(".log"));
  openFoundFolds(list);
  enableMessageCopying(list);
  enablePrinting(timelineViews.view);
  new UnreadBar(unreadMarker, timelineViews);
  followSigningIn(socket);
  followOtherTabs();
  rooms.all.length && forgetLostRooms(rooms.all);
  registerServiceWorker();
  globalThis.Notification?.permission === "granted" && loadScript(async () => (await import("./push.js")).keepPushes(rooms));
  const openSearch = enableSearch(room, () => toast.show(gettext("This could not be loaded. Try again in a moment.")));
  showComposerState(); // what came before this was loaded
  return {
    announcer: new AnnouncerView(new Announcer(me, timeline.labelOf)),
    /** @param {HTMLElement} pressed  in a message, or in the row of a person; or a mention */
    openCard(pressed) {
      const anchor = pressed.matches(".message") ? pressed.querySelector(".message-author") : pressed;
      chooseOne(pressedPeople(pressed, model, timelineViews.view), anchor, (person) => card.open(anchor, person));
    },
    notifications: new DesktopNotifications(room, me, timeline.labelOf),
    toggleFold: (toggle) => toggleFold(toggle, timelineViews),
    openSpoiler,
    away: (opener) => openAway(opener, model, toast),
    copyCode: (button) => copyCode(button, toast),
    copyLink: (message) => copyMessageLink(message, toast),
    copyText: (message) => copyMessageText(message, toast),
    async delete(message) {
      const { author, seq } = message;
      if (!isMyText(message, me)) {
        moderate("delete", { ...author, seq });
      } else if (await confirmDialog(document.querySelector("[data-delete-dialog]"))) {
        changes.delete(seq);
      }
    },
    removeCard(button) {
      const { seq, text } = timeline.get(Number(button.closest("[data-seq]").dataset.seq));
      changes.edit(seq, text, (detail) => toast.show(detail), { card: false });
    },
    report: ({ seq }) => openReportDialog(room, seq, toast),
    reports: showOpenReports,
    deleteLatest: ({ author }) => moderate("delete_latest", author),
    mute: ({ author }) => moderate("mute", author),
    ban: ({ author }) => moderate("ban", author),
    isBanned,
    forgetLostRooms,
    forgetRoom,
    openSearch,
    openSortMenu: (anchor) => sortMenu.open(anchor),
    showComposerState,
    stepRoom: (step, options) => stepRoom(rooms, toast, step, options),
  };
}

/** Returns what shows whether I may write, and how often: its script is loaded when there is something to say. */
function composerStateOf(me, room) {
  let loading = null;
  return async () => {
    if (loading || me.muted || room.locked || room.slow) {
      loading ??= loadScript(async () => (await import("./moderation.js")).createComposerState(me, room));
      const state = await loading;
      state ? state.show() : (loading = null);
    }
  };
}

/** Its script is loaded for those who ask. The sheet of the room, which may have been pressed, makes place. */
async function openAway(opener, { unreadMarker, timeline }, toast) {
  opener.closest("dialog")?.close();
  const script = await loadScript(() => import("./away.js"));
  script ? script.openAway(unreadMarker, timeline.labelOf) : toast.show(gettext("This could not be loaded. Try again in a moment."));
}

/** Its script is loaded for those who moderate. */
async function askToModerate(act, person, model, toast) {
  const script = await loadScript(() => import("./moderation.js"));
  script ? script.askFirst(act, person, model, toast) : toast.show(gettext("This could not be loaded. Try again in a moment."));
}
