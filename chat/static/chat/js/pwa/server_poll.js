import { backoffDelay } from "../net/backoff.js";

const TIMEOUT_MS = 10_000;
const MAX_BACKOFF_ATTEMPT = 4; // waits grow to eight seconds on average
const UNREACHABLE = new Set([502, 503, 504]); // a proxy's answers when the server gives none

/** Polls the server until it answers for this page; at once when the network or the tab comes back. */
export class ServerPoll {
  #onReachable;
  #attempt = 0;
  #timer = 0;
  #isPolling = false;

  /** @param {() => void} onReachable */
  constructor(onReachable) {
    this.#onReachable = onReachable;
    addEventListener("online", () => this.poll());
    document.addEventListener("visibilitychange", () => document.hidden || this.poll());
    this.#wait();
  }

  async poll() {
    if (this.#isPolling) {
      return;
    }
    clearTimeout(this.#timer);
    this.#isPolling = true;
    const isReachable = await isServerReachable();
    this.#isPolling = false;
    isReachable ? this.#onReachable() : this.#wait();
  }

  #wait() {
    const wait = backoffDelay(Math.min(this.#attempt++, MAX_BACKOFF_ATTEMPT));
    this.#timer = setTimeout(() => this.poll(), wait);
  }
}

async function isServerReachable() {
  const request = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) };
  try {
    return !UNREACHABLE.has((await fetch(location.href, request)).status);
  } catch {
    return false;
  }
}
