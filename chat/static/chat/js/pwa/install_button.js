/** Offers to install the app, where the browser does. @param {HTMLButtonElement} button */
export function offerInstallation(button) {
  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // its own place for it comes at a moment of its own
    offer = event;
    button.hidden = false;
  });
  addEventListener("appinstalled", () => (button.hidden = true));
  button.addEventListener("click", () => {
    button.hidden = true;
    offer.prompt(); // once, for each offer
  });
}
