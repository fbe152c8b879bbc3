// Entry point of the pages of accounts: showing passwords, errors of passkeys, links for other devices, the theme.
import { fetchJson } from "./lib/fetch_json.js";
import { forgetLostRooms } from "./forgetting/lost_rooms.js";
import { tellAccount } from "./people/account_channel.js";
import { enableSecrets } from "./ui/secrets.js";
import { ThemeChoice } from "./ui/theme_choice.js";

const DEVICE_LINK_MS = 2_000; // between two looks whether the link was used

new ThemeChoice();
tellAccount();
document.querySelectorAll("[data-show-password]").forEach(enableShowing);
document.addEventListener("allauth.error", showPasskeyError);
document.querySelectorAll("[data-browser-time-zone]").forEach(selectBrowserTimeZone);
enableSecrets();
document.querySelectorAll("[data-device-link]").forEach(watchDeviceLink);

forgetLostRooms(); // also after signing out

function enableShowing(button) {
  const field = document.getElementById(button.dataset.showPassword);
  button.hidden = false;
  button.addEventListener("click", () => setShown(button, field, field.type === "password"));
  field.form.addEventListener("submit", () => setShown(button, field, false)); // browsers save it then
}

function setShown(button, field, isShown) {
  field.type = isShown ? "text" : "password";
  button.setAttribute("aria-pressed", isShown);
  button.querySelector("[data-show]").hidden = isShown;
  button.querySelector("[data-hide]").hidden = !isShown;
}

/** Nothing is selected where the list has another name for the zone. */
function selectBrowserTimeZone(select) {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  if ([...select.options].some(({ value }) => value === timeZone)) select.value = timeZone;
}

/** A person who closes the browser's dialog gets here as well. */
function showPasskeyError(event) {
  event.preventDefault(); // else the console gets it
  const error = document.querySelector("[data-passkey-error]");
  if (error) error.hidden = false;
}

/** Takes the code away as soon as it is of no use. */
function watchDeviceLink(link) {
  const timer = setInterval(async () => {
    const state = await fetchJson(link.dataset.deviceLink);
    if (state && !state.waits) {
      clearInterval(timer);
      link.hidden = document.querySelector("[data-device-cancel]").hidden = true;
      document.querySelector("[data-device-over]").hidden = false;
    }
  }, DEVICE_LINK_MS);
}
