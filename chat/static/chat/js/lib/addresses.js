/** Lobby may be under a path like /lobby/. */
export const indexPath = document.body.dataset.root;

/** @param {string} name  a room's */
export const roomPath = (name) => `${indexPath}chat/${encodeURIComponent(name)}/`;
