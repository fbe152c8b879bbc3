import { compactTime, fullDateTime, isSameDay, relativeOrClockTime } from "../lib/time.js";
import { setText } from "../ui/dom.js";

const MINUTE_MS = 60_000;

/**
 * Shows when a message was sent: relative under a name, the clock time in a group; in full on hover.
 * @param {HTMLTimeElement} time
 * @param {Date} sentAt
 */
export function showTimestamp(time, sentAt) {
  const moment = sentAt.toISOString();
  if (time.dateTime !== moment) {
    time.dateTime = moment;
    time.title = fullDateTime(sentAt);
  }
  setText(time, time.closest(".is-grouped") ? compactTime(sentAt) : relativeOrClockTime(sentAt));
}

/** Updates the timestamps every minute, while the page is visible. */
export class TimestampRefresher {
  #list = document.querySelector("[data-messages]");
  #day = new Date();
  #onNewDay;
  #timer = 0;

  /** @param {() => void} onNewDay */
  constructor(onNewDay) {
    this.#onNewDay = onNewDay;
    document.addEventListener("visibilitychange", () => this.#tick());
    this.#wait();
  }

  #tick() {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      this.#refresh(new Date());
      this.#wait();
    }
  }

  #wait() {
    this.#timer = setTimeout(() => this.#tick(), MINUTE_MS - (Date.now() % MINUTE_MS));
  }

  #refresh(now) {
    for (const time of this.#list.querySelectorAll(".message-time")) {
      showTimestamp(time, new Date(time.dateTime));
    }
    if (!isSameDay(now, this.#day)) {
      this.#day = now;
      this.#onNewDay();
    }
  }
}
