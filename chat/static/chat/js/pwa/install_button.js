/** Shows a button that installs the app, where the browser can. @param {HTMLButtonElement} button */
export function showInstallButton(button) {
  let prompt = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // the browser's own banner
    prompt = event;
    button.hidden = false;
  });
  addEventListener("appinstalled", () => (button.hidden = true));
  button.addEventListener("click", () => {
    button.hidden = true;
    prompt.prompt(); // works once
  });
}
