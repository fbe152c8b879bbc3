/** Reads a text from localStorage; null where there is none, or no storage. @returns {?string} */
export function readStorage(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // some private windows have no storage
  }
}

/** Writes a text to localStorage; an empty one removes the key. @param {string} key  @param {string} text */
export function writeStorage(key, text) {
  try {
    if (text) {
      localStorage.setItem(key, text);
    } else {
      localStorage.removeItem(key);
    }
  } catch {
    // without storage the value is lost with the page
  }
}
