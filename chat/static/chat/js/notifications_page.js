// Entry point of the page of notifications: whether this browser gets any.
import { pushState, turnOff, turnOn } from "./notifications/push_registration.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";

const find = (selector) => document.querySelector(selector);
const on = find("[data-push-on]");
const off = find("[data-push-off]");

if (on) {
  registerServiceWorker();
  on.addEventListener("click", () => change(turnOn));
  off.addEventListener("click", () => change(turnOff));
  pushState().then(show);
}

/** The list of devices is the server's, so the page is loaded again. */
async function change(turn) {
  on.disabled = off.disabled = true;
  const isDone = await turn().catch((error) => console.warn("Notifications could not be changed:", error) ?? false);
  on.disabled = off.disabled = false;
  const state = await pushState();
  isDone === false && state !== "denied" ? show("failed") : location.reload();
}

function show(state) {
  document.querySelectorAll("[data-push-state]").forEach((node) => (node.hidden = node.dataset.pushState !== state));
  on.hidden = state !== "off" && state !== "failed";
  off.hidden = state !== "on";
}
