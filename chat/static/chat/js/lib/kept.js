/** What the browser keeps under a name; null where there is nothing. @returns {?string} */
export function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** Keeps a text under a name; an empty one is forgotten. @param {string} name  @param {string} text */
export function keep(name, text) {
  try {
    if (text) {
      localStorage.setItem(name, text);
    } else {
      localStorage.removeItem(name);
    }
  } catch {
    // then it lasts as long as the page
  }
}
