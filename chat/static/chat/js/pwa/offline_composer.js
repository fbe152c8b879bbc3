import { parse } from "../commands/parse.js";
import { Draft } from "../composer/draft.js";
import { isComposing } from "../keyboard/keyboard.js";
import { gettext } from "../lib/i18n.js";
import { newUuid } from "../lib/uuid.js";
import { OutboxStore } from "../net/outbox_store.js";

/**
 * Enables the form that writes into a room while offline: its messages wait in the room's outbox, its text is the
 * room's draft.
 * @param {import("../rooms/saved_rooms.js").SavedRoom} room
 * @param {() => void} onSave
 */
export function composeOffline(room, onSave) {
  const form = document.querySelector("[data-offline-form]");
  const field = form.elements.text;
  const draft = new Draft(room);
  const store = new OutboxStore(room);
  field.ariaLabel = field.placeholder = gettext("Message %(room)s", { room: room.name });
  field.value = draft.text;
  draft.recover().then((text) => (field.value ||= text), () => {});
  field.addEventListener("input", () => (draft.text = field.value));
  field.addEventListener("keydown", (event) => isSend(event) && (event.preventDefault(), form.requestSubmit()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { kind, text } = parse(field.value.trim());
    if (text) { // a command needs the room's page: it stays in the draft
      field.value = draft.text = "";
      await store.put({ id: newUuid(), text, kind, replyTo: null, writtenAt: new Date(), refusal: null, attempted: false });
      onSave();
    }
  });
  form.hidden = false;
}

const isSend = (event) => event.key === "Enter" && !event.shiftKey && !isComposing(event);
