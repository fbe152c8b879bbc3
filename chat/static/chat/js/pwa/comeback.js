import { waitBefore } from "../net/backoff.js";

const PATIENCE_MS = 10_000;
const RARELY = 4; // attempts, after which the waits grow no further: about eight seconds
const AWAY = new Set([502, 503, 504]); // what a proxy answers when Lobby does not

/** Asks again and again whether this page can be had, and at once when there is reason to hope. */
export class Comeback {
  #back;
  #attempt = 0;
  #timer = 0;
  #isAsking = false;

  /** @param {() => void} back  it can be */
  constructor(back) {
    this.#back = back;
    addEventListener("online", () => this.ask());
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    this.#wait();
  }

  async ask() {
    if (this.#isAsking) {
      return;
    }
    clearTimeout(this.#timer);
    this.#isAsking = true;
    const isBack = await answers();
    this.#isAsking = false;
    isBack ? this.#back() : this.#wait();
  }

  #wait() {
    this.#timer = setTimeout(() => this.ask(), waitBefore(Math.min(this.#attempt++, RARELY)));
  }
}

async function answers() {
  const request = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  try {
    return !AWAY.has((await fetch(location.href, request)).status);
  } catch {
    return false;
  }
}
