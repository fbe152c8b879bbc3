import { parse } from "../composer/commands.js";
import { Draft } from "../composer/draft.js";
import { gettext } from "../lib/i18n.js";
import { newId } from "../lib/ids.js";
import { composes } from "../keyboard/keyboard.js";
import { OutboxStore } from "../net/outbox_store.js";

/**
 * Writes into a room that does not open: what is sent waits in its outbox, and what is begun goes on
 * in its composer.
 * @param {string} room
 * @param {() => void} written
 */
export function writeInto(room, written) {
  const form = document.querySelector("[data-offline-form]");
  const field = form.elements.text;
  const draft = new Draft(room);
  const outbox = new OutboxStore(room);
  field.ariaLabel = field.placeholder = gettext("Message %(room)s", { room });
  field.value = draft.text;
  field.addEventListener("input", () => (draft.text = field.value));
  field.addEventListener("keydown", (event) => sends(event) && (event.preventDefault(), form.requestSubmit()));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { kind, text } = parse(field.value.trim());
    if (text) { // a command needs the room: it stays where it is
      field.value = draft.text = "";
      await outbox.put({ id: newId(), text, kind, replyTo: null, writtenAt: new Date(), refusal: null });
      written();
    }
  });
  form.hidden = false;
}

const sends = (event) => event.key === "Enter" && !event.shiftKey && !composes(event);
