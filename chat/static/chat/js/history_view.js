const PAGE = 50;
const AHEAD = "600px 0px 0px"; // how far above the view older messages are fetched
const SETTLE_MS = 100;
const RETRY_MS = 3_000;

/** Fetches older messages as the reader comes to the top. */
export class HistoryView {
  #timeline;
  #view;
  #place;
  #isNear = false;
  #isLoading = false;

  constructor(timeline, view) {
    this.#timeline = timeline;
    this.#view = view;
    this.#place = document.querySelector("[data-older]");
    const root = document.querySelector("#chat-log");
    new IntersectionObserver(([entry]) => this.#moved(entry.isIntersecting), { root, rootMargin: AHEAD }).observe(
      this.#place,
    );
  }

  show() {
    const isAll = !this.#timeline.hasOlder && !this.#timeline.isEmpty;
    this.#place.textContent = isAll ? "This is where it began." : "";
  }

  #moved(isNear) {
    this.#isNear = isNear;
    this.#load();
  }

  async #load() {
    if (this.#isLoading || !this.#isNear || !this.#timeline.hasOlder) {
      return;
    }
    this.#isLoading = true;
    const oldest = this.#timeline.oldest;
    try {
      const response = await fetch(`messages?before=${oldest}&limit=${PAGE}`);
      if (!response.ok) {
        throw new Error(response.status);
      }
      const { messages, more } = await response.json();
      if (oldest === this.#timeline.oldest) {
        this.#view.showOlder(this.#timeline.putOlder(messages, more));
      }
      this.show();
      setTimeout(() => this.#load(), SETTLE_MS); // if the reader is still near the top by then
    } catch {
      this.#place.textContent = "Older messages cannot be fetched just now.";
      setTimeout(() => this.#load(), RETRY_MS);
    } finally {
      this.#isLoading = false;
    }
  }
}
