import { watchForNewer } from "./newer.js";

const WORKER = "/service-worker.js";
const LOOK_MS = 3_600_000; // a room stays open for days; by itself a browser looks when a page is loaded

/** Keeps the app in the browser, once the page that was asked for is there; and says when there is a newer one. */
export function install() {
  if (isSecureContext && "serviceWorker" in navigator) {
    watchForNewer();
    addEventListener("load", keepApp);
  }
}

async function keepApp() {
  try {
    await navigator.serviceWorker.register(WORKER, { updateViaCache: "none" });
    const registration = await navigator.serviceWorker.ready;
    registration.active.postMessage({ language: document.documentElement.lang });
    setInterval(() => lookForNewer(registration), LOOK_MS);
    document.addEventListener("visibilitychange", () => document.hidden || lookForNewer(registration));
  } catch (error) {
    console.warn("Lobby is not kept for offline:", error);
  }
}

const lookForNewer = (registration) => registration.update().catch(() => {}); // the server may be away
