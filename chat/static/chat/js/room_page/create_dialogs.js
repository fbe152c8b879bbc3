import { keyElement } from "../keyboard/keyboard.js";
import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { frames } from "../net/protocol.js";
import { avatarColors } from "../people/avatar_colors.js";
import { removeNewcomerLine } from "../people/newcomer_line.js";
import { loadScript } from "./load_script.js";
import { OnDemandViews } from "./on_demand_views.js";

/** @typedef {ReturnType<typeof createDialogs>} Dialogs */

/**
 * Connects the buttons that open dialogs. What is in the dialogs is loaded on demand.
 * @param {import("./model.js").Model} model
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {import("../ui/toast.js").Toast} toast
 * @param {object} page  what other parts of the page do for the dialogs: see `createViews`
 */
export function createDialogs({ me, room, timeline, rooms }, socket, { view }, toast, page) {
  const requestRooms = () => socket.sendBestEffort(frames.rooms());
  const onError = (detail) => toast.show(detail);
  const onDemand = new OnDemandViews(
    importViews,
    {
      ...page,
      me,
      room,
      rooms,
      requestRooms,
      avatarColor: (id) => avatarColors.of(id),
      ...document.querySelector("[data-composer]").dataset, // emojiUrl, emojiNamesUrl
      onRename,
      onError,
      onLeft,
    },
    toast,
  );
  const openHelp = () => onDemand.use((all) => all.helpDialog.open());
  const openRoomSheet = () => onDemand.use((all) => all.roomSheet.open());
  const changeName = () => onDemand.use((all) => all.nameDialog.open(me.name));
  const findRoom = () => onDemand.use((all) => all.roomSwitcher.toggle());

  /** Offers to undo leaving: in the list of rooms; or on the index, where the page of the left room goes. */
  async function onLeft(left) {
    const isThisRoom = left.id === room.id;
    const views = { roomsView: page.roomsView(), onUndone: requestRooms, onError };
    await loadScript(async () => (await import("../rooms/leaving/left_row.js")).offerUndo(left, isThisRoom, views));
    isThisRoom && location.assign(indexPath);
  }

  function onRename(name) {
    timeline.rename({ ...me, name });
    me.name = name;
    showMyName(name);
    removeNewcomerLine();
    view.show([]);
  }

  document.querySelector("[data-find-room]").append(keyElement("Mod+K"));
  onClick("[data-find-room]", findRoom);
  onClick("[data-help]", openHelp);
  onClick("[data-rename], [data-change-name]", changeName);
  onClick("[data-open-room-sheet]", openRoomSheet);
  enableSharing(onDemand);
  return { onDemand, openHelp, openRoomSheet, changeName, findRoom, showMyName, rename: (name) => rename(name, onDemand) };
}

async function importViews(context) {
  const scripts = [import("../on_demand.js"), import("../composer_tools.js"), import("../completion.js"), import("../help.js")];
  const [{ createViews }, { createComposerTools }, { createCompletion, declared }, { createHelp }] = await Promise.all(scripts);
  return { ...createViews(context), ...createComposerTools(context), ...createHelp({ ...context, declared }), createCompletion, declared };
}

const onClick = (selector, action) =>
  document.querySelectorAll(selector).forEach((node) => node.addEventListener("click", action));

const showMyName = (name) =>
  document.querySelectorAll("[data-my-name]").forEach((node) => (node.textContent = node.title = name));

/** @returns {Promise<?string>} why it failed, if it did */
async function rename(name, onDemand) {
  const views = await onDemand.load();
  return views ? views.nameDialog.rename(name) : gettext("Your name could not be changed. Try again in a moment.");
}

function enableSharing(onDemand) {
  const dialog = document.querySelector("[data-share-dialog]");
  onClick("[data-share]", () => {
    dialog.showModal();
    dialog.querySelector("[data-share-copy]").focus();
  });
  document.querySelectorAll("[data-share-room]").forEach((form) => {
    form.addEventListener("click", ({ target }) => onDemand.loaded || onDemand.use(() => target.click()));
  });
}
