const DOT = { unread: "#ffd9a0", mention: "#e5484d" };

/** What is new, in the tab: a count before the title, a dot on the icon. */
export class TitleView {
  #title = document.title;
  #icon = document.querySelector('link[rel="icon"]');
  #plain = this.#icon.getAttribute("href");
  #shown = "";

  /** @param {{unread: number, mentions: number}} news */
  show({ unread, mentions }) {
    const mark = mentions ? `(@${mentions}) ` : unread ? `(${unread}) ` : "";
    if (mark !== this.#shown) {
      this.#shown = mark;
      document.title = mark + this.#title;
      this.#icon.href = mentions ? dotted(DOT.mention) : unread ? dotted(DOT.unread) : this.#plain;
    }
  }
}

/** icon.svg, with a dot on it. */
function dotted(colour) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#1f6f5c"/><path d="M9 22.5V9.5m0 13h9.5" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/><circle cx="23" cy="9" r="7" fill="${colour}" stroke="#fff" stroke-width="2"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
