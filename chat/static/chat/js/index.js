import { install } from "./pwa/install.js";
import { offerInstallation } from "./pwa/install_button.js";
import { keepRooms } from "./rooms/known_rooms.js";
import { ThemeView } from "./ui/theme_view.js";

const listed = [...document.querySelectorAll("[data-known-room]")];

install();
new ThemeView();
keepRooms(listed.map((row) => ({ name: row.dataset.knownRoom, at: row.querySelector("time").dateTime })));
offerInstallation(document.querySelector("[data-install]"));
