import { fetchJson } from "../lib/fetch_json.js";
import { indexPath } from "../lib/addresses.js";

const OFF = "lobby.push.off"; // in the storage of this browser: its person wants no pushes here

/** Whether this browser has web push: on an iPhone, an installed app alone. */
export const isSupported = () => isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** @returns {Promise<"none"|"denied"|"on"|"off">} */
export async function pushState() {
  if (!isSupported()) {
    return "none";
  }
  if (Notification.permission === "denied") {
    return "denied";
  }
  const subscription = isOff() ? null : await (await pushManager()).getSubscription();
  return subscription && Notification.permission === "granted" ? "on" : "off";
}

/** Asks, and registers this browser. @returns {Promise<boolean>} */
export async function turnOn() {
  store((storage) => storage.removeItem(OFF));
  return (await Notification.requestPermission()) === "granted" && register();
}

/** Ends the subscription of this browser, until `turnOn`. */
export async function turnOff() {
  store((storage) => storage.setItem(OFF, "1"));
  const subscription = await (await pushManager()).getSubscription();
  if (subscription) {
    const answer = await fetchJson(`${indexPath}push/key`);
    answer && (await post("push/devices/remove", answer.csrf, { endpoint: subscription.endpoint }));
    await subscription.unsubscribe();
  }
}

/**
 * Registers this browser again, as each visit does: so a subscription mends itself that the browser, its service or
 * this installation has lost.
 */
export const renew = async () => isSupported() && Notification.permission === "granted" && !isOff() && register();

/** How many mentions are unread, on the icon of the installed app. @param {number} count */
export const setBadge = (count) => (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});

async function register() {
  const answer = await fetchJson(`${indexPath}push/key`);
  if (!answer) {
    return false;
  }
  const subscription = await subscribe(answer.key);
  const { endpoint, keys } = subscription.toJSON();
  return post("push/devices", answer.csrf, { endpoint, ...keys });
}

async function subscribe(key) {
  const manager = await pushManager();
  const existing = await manager.getSubscription();
  if (existing && !hasKey(existing, key)) {
    await existing.unsubscribe(); // of another installation at this address
  }
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** Where a browser does not tell the key, it is taken for the same. */
function hasKey(subscription, key) {
  const { applicationServerKey } = subscription.options ?? {};
  if (!applicationServerKey) {
    return true;
  }
  const encoded = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
  return encoded.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

async function pushManager() {
  const { pushManager } = await navigator.serviceWorker.ready;
  return pushManager;
}

async function post(path, csrfmiddlewaretoken, fields) {
  try {
    const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken });
    return (await fetch(indexPath + path, { method: "POST", body })).ok;
  } catch {
    return false; // no connection
  }
}

const isOff = () => store((storage) => storage.getItem(OFF)) === "1";

function store(action) {
  try {
    return action(localStorage);
  } catch {
    return null; // a browser may deny it
  }
}
