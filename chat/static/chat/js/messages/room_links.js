import { addressIn, isPrivate, roomAddress, seqIn } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { isolate } from "../lib/isolate.js";
import { isRoomName, roomKey } from "../rooms/rooms.js";
import { savedRooms } from "../rooms/saved_rooms.js";

/**
 * Lets links to rooms and messages of this installation open here, and read as their names where they were typed as
 * addresses. In the room of this page they only go to the message.
 * @param {HTMLElement} container
 */
export const showRoomLinks = (container) => container.querySelectorAll("a[href]").forEach(showRoomLink);

function showRoomLink(link) {
  const { origin, pathname, hash } = link;
  const address = origin === location.origin ? addressIn(pathname) : null;
  if (address === null || !(isPrivate(address) || isRoomName(address))) {
    return;
  }
  const isMessage = seqIn(hash) !== null;
  if (isAddress(link)) {
    const room = isPrivate(address) ? privateName(address) : address;
    link.title = link.textContent;
    link.textContent = isMessage ? gettext("%(room)s › message", { room }) : isolate(room);
  }
  link.removeAttribute("target");
  if (roomKey(address) === roomKey(addressIn(location.pathname) ?? "")) {
    link.setAttribute("href", isMessage ? hash : "#");
  }
}

/** The name of a room, if it is mine: the list of my rooms has it. */
const privateName = (address) =>
  savedRooms().find((room) => roomAddress(room) === address)?.name ?? gettext("Private room");

/** Whether the text of a link is its address. */
function isAddress({ textContent, href }) {
  try {
    return bare(textContent) === bare(href);
  } catch {
    return false; // wrongly encoded
  }
}

const bare = (address) => decodeURIComponent(address.replace(/^https?:\/\//i, ""));
