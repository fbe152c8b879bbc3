import { indexPath } from "../lib/addresses.js";
import { watchForUpdates } from "./update_notice.js";

const UPDATE_CHECK_MS = 3_600_000; // a browser by itself checks when a page loads, and rooms stay open for days

/** Registers the service worker as soon as the page is loaded, and checks for updates of it. */
export function registerServiceWorker() {
  if (isSecureContext && "serviceWorker" in navigator) {
    watchForUpdates();
    document.readyState === "complete" ? register() : addEventListener("load", register);
  }
}

async function register() {
  try {
    await navigator.serviceWorker.register(`${indexPath}service-worker.js`, { updateViaCache: "none" });
    const registration = await navigator.serviceWorker.ready;
    registration.active.postMessage({ language: document.documentElement.lang });
    setInterval(() => checkForUpdate(registration), UPDATE_CHECK_MS);
    document.addEventListener("visibilitychange", () => document.hidden || checkForUpdate(registration));
  } catch (error) {
    console.warn("The service worker could not be registered:", error);
  }
}

const checkForUpdate = (registration) => registration.update().catch(() => {}); // the server may be unreachable
