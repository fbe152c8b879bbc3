// Web push in a room: loaded once the browser is idle, for those who have permitted notifications.
import { renew, setBadge } from "./notifications/push_registration.js";

/**
 * Registers this browser again, and shows on the app's icon what is unread when the page is left.
 * @param {{totals: {mentions: number}}} rooms
 */
export function keepPushes(rooms) {
  const show = () => setBadge(rooms.totals.mentions);
  document.addEventListener("visibilitychange", show);
  show();
  return renew().catch((error) => console.warn("Notifications could not be registered:", error));
}
