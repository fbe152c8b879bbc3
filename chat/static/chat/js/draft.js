/** What is written and not sent, of one room; it survives a reload. */
export class Draft {
  #key;

  /** @param {string} room */
  constructor(room) {
    this.#key = `lobby draft ${room}`;
  }

  /** @returns {string} */
  get text() {
    try {
      return localStorage.getItem(this.#key) ?? "";
    } catch {
      return ""; // a browser that keeps nothing
    }
  }

  set text(text) {
    try {
      if (text) {
        localStorage.setItem(this.#key, text);
      } else {
        localStorage.removeItem(this.#key);
      }
    } catch {
      // then it lasts as long as the page
    }
  }
}
