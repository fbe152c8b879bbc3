import { roomNameIn, seqIn } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { isolate } from "../lib/isolate.js";
import { isRoomName, roomKey } from "../rooms/rooms.js";

/**
 * Lets links to rooms and messages of this installation open here, and read as their names where they were typed as
 * addresses. In the room of this page they only go to the message.
 * @param {HTMLElement} container
 */
export const showRoomLinks = (container) => container.querySelectorAll("a[href]").forEach(showRoomLink);

function showRoomLink(link) {
  const { origin, pathname, hash } = link;
  const name = origin === location.origin ? roomNameIn(pathname) : null;
  if (name === null || !isRoomName(name)) {
    return;
  }
  const isMessage = seqIn(hash) !== null;
  if (isAddress(link)) {
    link.title = link.textContent;
    link.textContent = isMessage ? gettext("%(room)s › message", { room: name }) : isolate(name);
  }
  link.removeAttribute("target");
  if (roomKey(name) === roomKey(roomNameIn(location.pathname) ?? "")) {
    link.setAttribute("href", isMessage ? hash : "#");
  }
}

/** Whether the text of a link is its address. */
function isAddress({ textContent, href }) {
  try {
    return bare(textContent) === bare(href);
  } catch {
    return false; // wrongly encoded
  }
}

const bare = (address) => decodeURIComponent(address.replace(/^https?:\/\//i, ""));
