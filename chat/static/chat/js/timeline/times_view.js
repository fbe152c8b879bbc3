import { setText } from "../ui/dom.js";
import { ageOrTime, exactTime, isSameDay, narrowTime } from "../lib/time.js";

const MINUTE_MS = 60_000;

/**
 * Shows when a line was said: under a name how long ago, in a group the time of day; exactly on hover.
 * @param {HTMLTimeElement} time
 * @param {Date} at
 */
export function showTime(time, at) {
  const moment = at.toISOString();
  if (time.dateTime !== moment) {
    time.dateTime = moment;
    time.title = exactTime(at);
  }
  setText(time, time.closest(".is-grouped") ? narrowTime(at) : ageOrTime(at));
}

/** Keeps the times in the page true as they pass, for as long as somebody looks. */
export class TimesView {
  #list = document.querySelector("[data-messages]");
  #day = new Date();
  #newDay;
  #timer = 0;

  /** @param {() => void} newDay */
  constructor(newDay) {
    this.#newDay = newDay;
    document.addEventListener("visibilitychange", () => this.#tick());
    this.#wait();
  }

  #tick() {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      this.#show(new Date());
      this.#wait();
    }
  }

  #wait() {
    this.#timer = setTimeout(() => this.#tick(), MINUTE_MS - (Date.now() % MINUTE_MS));
  }

  #show(now) {
    for (const time of this.#list.querySelectorAll(".message-time")) {
      showTime(time, new Date(time.dateTime));
    }
    if (!isSameDay(now, this.#day)) {
      this.#day = now;
      this.#newDay();
    }
  }
}
