import { pages } from "./pages.js";

const AHEAD = "600px 0px"; // how far beyond the view messages are brought in
const SETTLE_MS = 100;
const RETRY_MS = 3_000;

/** Brings in older messages as the reader comes to the top, and newer ones on the way back. */
export class HistoryView {
  #timeline;
  #view;
  #place;
  #isNear = false;
  #isNearEnd = true;
  #isLoading = false;

  constructor(timeline, view) {
    this.#timeline = timeline;
    this.#view = view;
    this.#place = document.querySelector("[data-older]");
    const options = { root: document.querySelector("#chat-log"), rootMargin: AHEAD };
    const watch = (node, moved) => new IntersectionObserver(([it]) => moved(it.isIntersecting), options).observe(node);
    watch(this.#place, (isNear) => this.#moved(isNear));
    watch(document.querySelector("[data-newer]"), (isNear) => this.#movedDown(isNear));
  }

  show() {
    const isAll = !this.#timeline.hasOlder && !this.#timeline.isEmpty && this.#view.showsStart;
    this.#place.textContent = isAll ? "This is where it began." : "";
  }

  #moved(isNear) {
    this.#isNear = isNear;
    this.#load();
  }

  /** The last message in the page may not be the last. */
  #movedDown(isNear) {
    this.#isNearEnd = isNear;
    this.#loadNewer();
  }

  /** One may have waited for the other. */
  #loadBoth() {
    this.#load();
    this.#loadNewer();
  }

  async #loadNewer() {
    if (this.#isLoading || !this.#isNearEnd) {
      return;
    }
    if (this.#view.showNewer()) {
      this.show();
      setTimeout(() => this.#loadBoth(), SETTLE_MS);
      return;
    }
    if (!this.#timeline.hasNewer) {
      return;
    }
    this.#isLoading = true;
    const newest = this.#timeline.newest;
    try {
      const { messages, newer } = await pages.after(newest);
      if (newest === this.#timeline.newest && this.#timeline.hasNewer) {
        this.#timeline.putNewer(messages, newer);
        this.#view.showNewer();
      }
      setTimeout(() => this.#loadBoth(), SETTLE_MS);
    } catch {
      setTimeout(() => this.#loadNewer(), RETRY_MS);
    } finally {
      this.#isLoading = false;
    }
  }

  async #load() {
    if (this.#isLoading || !this.#isNear) {
      return;
    }
    if (this.#view.showOlder()) {
      this.show();
      setTimeout(() => this.#loadBoth(), SETTLE_MS);
      return;
    }
    if (!this.#timeline.hasOlder) {
      return;
    }
    this.#isLoading = true;
    const oldest = this.#timeline.oldest;
    try {
      const { messages, more } = await pages.before(oldest);
      if (oldest === this.#timeline.oldest) {
        this.#timeline.putOlder(messages, more);
        this.#view.showOlder();
      }
      this.show();
      setTimeout(() => this.#loadBoth(), SETTLE_MS); // if the reader is still near the top by then
    } catch {
      this.#place.textContent = "Older messages cannot be fetched just now.";
      setTimeout(() => this.#load(), RETRY_MS);
    } finally {
      this.#isLoading = false;
    }
  }
}
