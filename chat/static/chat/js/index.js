// Entry point of the index page: saved rooms, theme, installation.
import { showInstallButton } from "./pwa/install_button.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { saveRooms } from "./rooms/saved_rooms.js";
import { ThemeChoice } from "./ui/theme_choice.js";

const rows = [...document.querySelectorAll("[data-saved-room]")];

registerServiceWorker();
new ThemeChoice();
saveRooms(rows.map((row) => ({ name: row.dataset.savedRoom, at: row.querySelector("time").dateTime })));
showInstallButton(document.querySelector("[data-install]"));
