/** Reads a text from a storage; null where there is none, or no storage. @returns {?string} */
export function readStorage(key, storage = "localStorage") {
  try {
    return globalThis[storage].getItem(key);
  } catch {
    return null; // some private windows have no storage
  }
}

/** Writes a text to a storage; an empty one removes the key. @param {string} key  @param {string} text */
export function writeStorage(key, text, storage = "localStorage") {
  try {
    if (text) {
      globalThis[storage].setItem(key, text);
    } else {
      globalThis[storage].removeItem(key);
    }
  } catch {
    // without storage the value is lost with the page
  }
}

/** The keys in a storage that start like this. @param {string} start  @returns {string[]} */
export function storedKeys(start, storage = "localStorage") {
  try {
    return Object.keys(globalThis[storage]).filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}
