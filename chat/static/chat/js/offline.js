// Entry point of the offline page: known rooms, pending messages, and the way back.
import { addressIn, isPrivate, privateRoom, roomAddress, storageKeys } from "./lib/addresses.js";
import { gettext } from "./lib/i18n.js";
import { isolate } from "./lib/isolate.js";
import { removeFiles } from "./net/file_store.js";
import { allPendingMessages, OutboxStore } from "./net/outbox_store.js";
import { composeOffline } from "./pwa/offline_composer.js";
import { showPendingMessages, showRooms } from "./pwa/offline_view.js";
import { ServerPoll } from "./pwa/server_poll.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { roomKey } from "./rooms/rooms.js";
import { savedRooms } from "./rooms/saved_rooms.js";

/** A room that is not open has its name from the server alone. */
function nameOf(address) {
  return savedAt(address)?.name ?? (isPrivate(address) ? gettext("Private room") : address);
}

const savedAt = (address) => rooms.find((room) => roomKey(roomAddress(room)) === roomKey(address));

/** The room of a pending message. Earlier versions stored no name. */
function roomOf({ room: key, name = key }) {
  const saved = rooms.find((room) => storageKeys(room).includes(key)) ?? savedAt(key);
  return saved ?? (isPrivate(key) ? { ...privateRoom(key), name: nameOf(key) } : { name });
}

function showReason(room) {
  const title = navigator.onLine ? gettext("The server is not responding") : gettext("You are offline");
  document.querySelector("[data-offline-title]").textContent = title;
  if (room) {
    document.title = `${isolate(room)} · Lobby`;
    const explanation = gettext("%(room)s opens automatically as soon as the connection is back.", { room });
    document.querySelector("[data-offline-explanation]").textContent = explanation;
  }
}

async function cancel(message) {
  await new OutboxStore(roomOf(message)).withdraw(message);
  removeFiles(message);
  updatePending();
}

const rooms = savedRooms();
const requested = addressIn(location.pathname);
const saved = requested && savedAt(requested);
const updateReason = () => showReason(requested && nameOf(requested));
const updatePending = async () => showPendingMessages(await allPendingMessages(), roomOf, cancel);

updateReason();
addEventListener("online", updateReason);
addEventListener("offline", updateReason);
showRooms(rooms.filter((room) => room !== saved && room.kept !== false));
updatePending();
if (saved) {
  composeOffline(saved, updatePending); // outboxes and drafts are stored by the exact room
}

registerServiceWorker();
const poll = new ServerPoll(() => location.reload());
document.querySelector("[data-offline-retry]").addEventListener("click", () => poll.poll());
