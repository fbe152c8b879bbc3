// Direct rooms from "/msg", and from the room switcher: a script of its own, loaded when somebody looks for a person.
import { addressIn, privateRoom } from "./lib/addresses.js";
import { gettext } from "./lib/i18n.js";
import { newUuid } from "./lib/uuid.js";
import { OutboxStore } from "./net/outbox_store.js";
import { beginDirect, goToDirect } from "./direct/begin_direct.js";
import { findTyped, searchAccounts } from "./direct/person_search.js";

/** As the room switcher shows them. @param {string} typed  @param {{onError: (detail: string) => void}} listeners */
export async function findPeople(typed, { onError }) {
  const accounts = (await searchAccounts(typed)) ?? [];
  const note = (username) => `@${username} · ${gettext("Direct message")}`;
  return accounts.map((it) => ({ ...it, note: note(it.username), go: () => goToDirect(it, onError) }));
}

/**
 * Goes to the direct room with the person whose name a text begins with, and sends there what follows the name: the
 * outbox of that room has it before the page goes there.
 * @param {string} typed
 * @param {import("./room_page/model.js").Model} model
 * @returns {Promise<?string>} why not, if so
 */
export async function messagePerson(typed, { me, people }) {
  if (me.guest) {
    return gettext("Guests cannot begin a direct room. Sign in first.");
  }
  const guests = people.present.filter(({ guest, id }) => guest && id !== me.id);
  const found = await findTyped(typed, guests);
  if (found?.people.length !== 1) {
    return whyNobody(found, typed);
  }
  const { path, detail } = await beginDirect(found.people[0]);
  return detail ?? (await leaveFor(path, found.text));
}

function whyNobody(found, typed) {
  if (!found) {
    return gettext("That did not work. Try again in a moment.");
  }
  if (found.people.length) {
    return gettext("Several people are called %(name)s. Write the username.", { name: found.people[0].name });
  }
  return gettext("There is nobody whose name “%(typed)s” begins with.", { typed });
}

async function leaveFor(path, text) {
  if (text && !(await keepForSending(addressIn(path), text))) {
    return gettext("The message cannot be taken along. Open the room and write it there.");
  }
  location.assign(path);
  return null;
}

/** Whether the browser stores it. */
async function keepForSending(address, text) {
  const message = { id: newUuid(), text, kind: "text", replyTo: null, writtenAt: new Date(), refusal: null, attempted: false };
  return Boolean(await new OutboxStore(privateRoom(address)).put(message));
}
