const DOT = { unread: "#ffd9a0", mention: "#e5484d" };

/** The unread badge of the tab: a count before the title, a dot on the icon. */
export class TitleBadge {
  #title = document.title;
  #link = document.querySelector('link[rel="icon"]');
  #plainIcon = this.#link.getAttribute("href");
  #shown = "";

  /** @param {string} title  without counts */
  setTitle(title) {
    this.#title = title;
    document.title = this.#shown + title;
  }

  /** @param {{unread: number, mentions: number}} counts */
  show({ unread, mentions }) {
    const prefix = mentions ? `(@${mentions}) ` : unread ? `(${unread}) ` : "";
    if (prefix !== this.#shown) {
      this.#shown = prefix;
      document.title = prefix + this.#title;
      this.#link.href = mentions ? iconWithDot(DOT.mention) : unread ? iconWithDot(DOT.unread) : this.#plainIcon;
    }
  }
}

/** icon.svg with a dot. */
function iconWithDot(colour) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="#1f6f5c"/><path d="M9 22.5V9.5m0 13h9.5" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/><circle cx="23" cy="9" r="7" fill="${colour}" stroke="#fff" stroke-width="2"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
