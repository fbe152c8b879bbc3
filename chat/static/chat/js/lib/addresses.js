/** Lobby may be under a path like /lobby/. */
export const indexPath = document.body.dataset.root;

/** @param {string} name  a room's */
export const roomPath = (name) => `${indexPath}chat/${encodeURIComponent(name)}/`;

/** The seq of the message that a hash like "#12" links to; null if it links to none. @returns {?number} */
export const seqIn = (hash) => (/^#[1-9]\d{0,15}$/.test(hash) ? Number(hash.slice(1)) : null);

/** The name of the room in a path of this installation; null if there is none. @returns {?string} */
export function roomNameIn(pathname) {
  const path = pathname.startsWith(indexPath) ? pathname.slice(indexPath.length) : "";
  const [, encoded] = /^chat\/([^/]+)\/?$/.exec(path) ?? [];
  try {
    return encoded ? decodeURIComponent(encoded) : null;
  } catch {
    return null; // wrongly encoded
  }
}
