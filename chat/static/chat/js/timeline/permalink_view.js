import { gettext } from "../lib/i18n.js";
import { pages } from "../net/pages.js";

/** Messages by their addresses: /chat/<room>/#<seq>. */
export class PermalinkView {
  #timeline;
  #view;
  #history;
  #say;

  constructor(timeline, view, history, say) {
    this.#timeline = timeline;
    this.#view = view;
    this.#history = history;
    this.#say = say;
    addEventListener("hashchange", () => this.follow());
    // The same link once more is no change, and meant all the same.
    document.addEventListener("click", ({ target }) => {
      const link = target.closest?.('a[href^="#"]');
      link && link.hash === location.hash && this.follow();
    });
  }

  /** Goes where the address says. */
  follow() {
    const seq = /^#[1-9]\d{0,15}$/.test(location.hash) && Number(location.hash.slice(1));
    if (seq) {
      this.goTo(seq);
    }
  }

  /** Shows a message, and what was said around it. @param {number} seq */
  async goTo(seq) {
    if (!this.#timeline.covers(seq) && !(await this.#load(seq))) {
      return;
    }
    if (this.#timeline.covers(seq)) {
      this.#view.goTo(seq);
      this.#history.show();
    } else {
      this.#say(gettext("There is no such message in this room."));
    }
  }

  /** Shows the first message after that one, which may be none. @param {number} seq */
  async goAfter(seq) {
    if (await this.#load(Math.max(1, seq))) {
      this.#view.goTo(this.#timeline.after(seq) ?? this.#timeline.newest);
      this.#history.show();
    }
  }

  /** @param {number} seq */
  async copy(seq) {
    const link = new URL(`#${seq}`, location);
    try {
      await navigator.clipboard.writeText(link.href);
      this.#say(gettext("The link is copied."));
    } catch {
      prompt(gettext("The link to this message:"), link.href); // no clipboard on insecure origins
    }
  }

  /** Lets the timeline be what lies around a message. Returns whether there is anything. */
  async #load(seq) {
    try {
      const page = await pages.around(seq);
      if (page.messages.length) {
        this.#timeline.replace(page.messages, page);
        this.#view.clear();
      }
      return page.messages.length > 0;
    } catch {
      this.#say(gettext("That cannot be fetched just now."));
      return false;
    }
  }
}
