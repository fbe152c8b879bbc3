// Entry point of the pages of accounts: showing passwords, errors of passkeys, the theme.
import { tellAccount } from "./people/account_channel.js";
import { ThemeChoice } from "./ui/theme_choice.js";

new ThemeChoice();
tellAccount();
document.querySelectorAll("[data-show-password]").forEach(enableShowing);
document.addEventListener("allauth.error", showPasskeyError);
document.querySelectorAll("[data-browser-time-zone]").forEach(selectBrowserTimeZone);

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
