import { DRAFT_FILES } from "../attachments/draft_files.js";
import { copies, DRAFT } from "../composer/draft.js";
import { isPrivate, privateRoom, roomAddress, roomPath } from "../lib/addresses.js";
import { readStorage, storedKeys, writeStorage } from "../lib/storage.js";
import { removeFiles } from "../net/file_store.js";
import { OutboxStore, storedMessages } from "../net/outbox_store.js";
import { savedRooms, saveRooms } from "../rooms/saved_rooms.js";

const LEFT = "lobby left"; // rooms/leaving/left_room.js

/** The addresses of the rooms that are not open of which this browser, or this tab, stores something. */
export async function storedAddresses() {
  const pending = (await storedMessages()).map(({ room }) => room);
  const drafts = [...copies().map(({ room }) => room), ...ownDrafts().map((key) => key.slice(DRAFT.length))];
  const files = storedKeys(DRAFT_FILES, "sessionStorage").map((key) => key.slice(DRAFT_FILES.length));
  const found = new Set([...pending, ...drafts, ...files, ...savedRooms().map(roomAddress)]);
  return [...found].filter(isPrivate);
}

/**
 * Removes all that is stored of a room.
 * @param {string} address
 * @returns {Promise<{name: ?string, texts: string[]}>} its name, and what I had typed there and not sent
 */
export async function removeStored(address) {
  const texts = [...(await takePending(address)), ...takeDrafts(address)];
  removeDraftFiles(address);
  const named = savedRooms().find((room) => roomAddress(room) === address)?.name;
  const name = named ?? (isPrivate(address) ? null : address);
  saveRooms(savedRooms().filter((room) => roomAddress(room) !== address));
  removeLeft(address);
  await closeNotifications(address);
  return { name, texts };
}

const ownDrafts = () => storedKeys(DRAFT, "sessionStorage");

async function takePending(address) {
  const store = new OutboxStore(privateRoom(address));
  const messages = await store.all();
  messages.forEach(({ id }) => store.remove(id));
  messages.forEach(removeFiles);
  return messages.filter(({ withdrawn }) => !withdrawn).map(({ text }) => text);
}

function takeDrafts(address) {
  const key = DRAFT + address;
  const found = copies().filter(({ room }) => room === address);
  const texts = [readStorage(key, "sessionStorage") ?? "", ...found.map(({ text }) => text)];
  writeStorage(key, "", "sessionStorage");
  found.forEach((copy) => writeStorage(copy.key, ""));
  return texts;
}

function removeDraftFiles(address) {
  const key = DRAFT_FILES + address;
  removeFiles({ files: JSON.parse(readStorage(key, "sessionStorage") ?? "[]") });
  writeStorage(key, "", "sessionStorage");
}

/** What the index would offer to undo. */
function removeLeft(address) {
  const left = JSON.parse(readStorage(LEFT) ?? "null");
  left && roomAddress(left) === address && writeStorage(LEFT, "");
}

async function closeNotifications(address) {
  const path = roomPath(privateRoom(address));
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => null);
  const shown = (await registration?.getNotifications?.()) ?? [];
  shown.filter(({ data }) => data?.url.startsWith(path)).forEach((notification) => notification.close());
}
