const { root } = document.body.dataset; // the path of the index; Lobby may be under /lobby/

export const indexPath = root;
export const serviceWorkerPath = `${root}service-worker.js`;

/** @param {string} name  a room's */
export const roomPath = (name) => `${root}chat/${encodeURIComponent(name)}/`;

/** @param {string} name  a room's */
export function roomSocketUrl(name) {
  const url = new URL(`${root}ws/chat/${encodeURIComponent(name)}/`, location);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** The name of the room with this path; null if there is none. @returns {?string} */
export function roomNameIn(path) {
  const [, encoded] = /^chat\/([^/]+)\/$/.exec(path.startsWith(root) ? path.slice(root.length) : "") ?? [];
  try {
    return encoded ? decodeURIComponent(encoded) : null;
  } catch {
    return null; // wrongly encoded
  }
}
