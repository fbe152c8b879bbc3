import { FocusKeeper } from "./accessibility/focus_keeper.js";
import { openBlockDialog } from "./moderation/block_dialog.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { copyCode } from "./reading/code_copying.js";
import { enableMessageCopying } from "./reading/copied_messages.js";
import { openFoundFolds, toggleFold } from "./reading/fold_toggles.js";
import { copyMessageLink, copyMessageText } from "./reading/message_copying.js";
import { followSigningIn } from "./people/signing_in.js";
import { PersonCard } from "./reading/person_card.js";
import { enablePrinting } from "./reading/printing.js";
import { stepRoom } from "./reading/room_steps.js";
import { UnreadBar } from "./reading/unread_bar.js";
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
 * @param {(name: string) => void} context.mention
 * @param {() => void} context.changeName
 */
export function createReading({ list, model, socket, timelineViews, toast, ...cardActions }) {
  const { changes, me, people, room, rooms, timeline, unreadMarker } = model;
  const card = new PersonCard(me, room, cardActions);
  new FocusKeeper(list.closest(".log"));
  openFoundFolds(list);
  enableMessageCopying(list);
  enablePrinting(timelineViews.view);
  new UnreadBar(unreadMarker, timelineViews);
  followSigningIn(socket);
  registerServiceWorker();
  return {
    /** @param {HTMLElement} pressed  in a message, or in the row of a person */
    openCard(pressed) {
      const row = pressed.closest(".message, [data-member]");
      const { member } = row.dataset;
      const author = timelineViews.view.messageOf(row)?.author ?? me;
      const person = member ? people.present.find(({ id }) => id === member) : author;
      const { color } = row.querySelector(".avatar").dataset;
      const anchor = pressed.matches(".message") ? pressed.querySelector(".message-author") : pressed;
      const name = person && timeline.nameOf(person);
      return person && card.open(anchor, { ...person, name, mark: timeline.markOf(person), color });
    },
    toggleFold: (toggle) => toggleFold(toggle, timelineViews),
    copyCode: (button) => copyCode(button, toast),
    copyLink: (message) => copyMessageLink(message, toast),
    copyText: (message) => copyMessageText(message, toast),
    async delete({ seq }) {
      if (await confirmDialog(document.querySelector("[data-delete-dialog]"))) {
        changes.delete(seq);
      }
    },
    block: ({ author }) => openBlockDialog({ ...author, name: timeline.nameOf(author) }, toast),
    stepRoom: (step, options) => stepRoom(rooms, toast, step, options),
  };
}
