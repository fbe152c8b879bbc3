import { install } from "./install.js";
import { offerInstallation } from "./install_button.js";
import { keepRooms } from "./known_rooms.js";
import { ThemeView } from "./theme_view.js";

const listed = [...document.querySelectorAll("[data-known-room]")];

install();
new ThemeView();
keepRooms(listed.map((row) => ({ name: row.dataset.knownRoom, at: row.querySelector("time").dateTime })));
offerInstallation(document.querySelector("[data-install]"));
