import { addressIn, addressPath, isPrivate, roomAddress } from "../lib/addresses.js";
import { readStorage, writeStorage } from "../lib/storage.js";
import { accountOfPage } from "../people/account_channel.js";
import { followForgetting, forgetRoom } from "./forget_room.js";
import { dropLost, showLost } from "./lost_texts.js";
import { storedAddresses } from "./stored_rooms.js";

const ACCOUNT = "lobby account"; // that the browser, and the tab, had before this page
const GUEST = "-"; // no username
const JSON_ONLY = { headers: { Accept: "application/json" }, cache: "no-store" };

const asked = new Set(); // addresses of rooms that are mine, and not in the list

/**
 * Forgets the rooms of which something is stored here, and which are not mine any more.
 * @param {{id: string, name: string, kind?: string}[]} [listed]  rooms that are mine; of others, the server is asked
 */
export async function forgetLostRooms(listed = []) {
  const isSilent = takesOver();
  const mine = new Set(listed.map(roomAddress));
  mine.forEach((address) => asked.delete(address));
  const doubtful = (await storedAddresses()).filter((address) => !mine.has(address) && !asked.has(address));
  for (const address of doubtful) {
    asked.add(address);
    (await isLost(address, isSilent)) && (await forgetRoom(address, { isSilent }));
  }
  showLost();
}

/** Forgets the room at whose address this page stands: the server says that there is none for me. */
export async function forgetRoomOfPage() {
  const isSilent = takesOver();
  const address = addressIn(location.pathname);
  address && isPrivate(address) && (await forgetRoom(address, { isSilent }));
  showLost();
}

/** Shows what I had typed in a room that another tab forgets. */
export const followOtherTabs = () => followForgetting(showLost);

/** Whether the browser was somebody else's before. What that person typed is not shown. */
function takesOver() {
  const account = accountOfPage() || GUEST;
  const before = ["localStorage", "sessionStorage"].map((storage) => readStorage(ACCOUNT, storage) ?? account);
  ["localStorage", "sessionStorage"].forEach((storage) => writeStorage(ACCOUNT, account, storage));
  const isTakenOver = before.some((it) => it !== account);
  isTakenOver && dropLost();
  return isTakenOver;
}

/** Whether I am banned from an open room. @param {{name: string}} room */
export const isBanned = async (room) => (await codeOf(roomAddress(room))) === "banned";

/** Whether the server says that there is no such room for me; or, to who has signed out, that guests may not come in. */
async function isLost(address, isSignedOut) {
  const code = await codeOf(address);
  return code === "no_such_room" || (isSignedOut && code === "sign_in_first");
}

/** The code of the error that the server answers with, if it does. */
async function codeOf(address) {
  try {
    const response = await fetch(`${addressPath(address)}messages?limit=1`, JSON_ONLY);
    return (await response.json()).error?.code;
  } catch {
    return null; // no connection, or a proxy answers
  }
}
