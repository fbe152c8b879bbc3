/** Lobby may be under a path like /lobby/. */
export const indexPath = document.body.dataset.root;

/**
 * What stands in the URLs of a room: the name of an open one, else `~` and the id. Two rooms that are not open may have
 * the same name.
 * @param {{id?: ?string, name: string, kind?: string}} room  without a kind: open
 */
export const roomAddress = ({ id, name, kind = "open" }) => (kind === "open" ? name : `~${id}`);

/**
 * By what the browser stores unsent text of a room. An open one has the id first, which outlives a new name, and then
 * the name, by which a page stores until it knows the id.
 * @param {{id?: ?string, name?: string, kind?: string}} room
 * @returns {string[]}  no name begins with a slash
 */
export const storageKeys = (room) =>
  [room.kind === undefined || room.kind === "open" ? room.id && `/${room.id}` : "", roomAddress(room)].filter(Boolean);

/** @param {{id?: ?string, name: string, kind?: string}} room */
export const roomPath = (room) => addressPath(roomAddress(room));

/** @param {string} address  of a room */
export const addressPath = (address) => `${indexPath}chat/${encodeURIComponent(address)}/`;

/** Whether this is the address of a room that is not open. @param {string} address */
export const isPrivate = (address) => address.startsWith("~");

/** The room that is not open at this address. @param {string} address */
export const privateRoom = (address) => ({ id: address.slice(1), kind: "members" });

/** The seq of the message that a hash like "#12" links to; null if it links to none. @returns {?number} */
export const seqIn = (hash) => (/^#[1-9]\d{0,15}$/.test(hash) ? Number(hash.slice(1)) : null);

/** The address of the room in a path of this installation; null if there is none. @returns {?string} */
export function addressIn(pathname) {
  const path = pathname.startsWith(indexPath) ? pathname.slice(indexPath.length) : "";
  const [, encoded] = /^chat\/([^/]+)\/?$/.exec(path) ?? [];
  try {
    return encoded ? decodeURIComponent(encoded) : null;
  } catch {
    return null; // wrongly encoded
  }
}
