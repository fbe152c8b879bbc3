/** Insecure origins have no notifications. @returns {"default"|"granted"|"denied"|"unsupported"} */
export const permission = () => (isSecureContext && "Notification" in window ? Notification.permission : "unsupported");

/** Asks whether to show notifications. */
export async function requestPermission() {
  await Notification.requestPermission();
  showPermission();
}

/** Shows the button that asks, while there is something to ask; and the message whose notification was pressed. */
export function enableNotifications() {
  button.addEventListener("click", requestPermission);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.hash && (location.hash = data.hash));
  showPermission();
}

const button = document.querySelector("[data-notify]");
const showPermission = () => (button.hidden = permission() !== "default");
