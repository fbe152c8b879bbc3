// Entry point of the index page: the form, saved rooms, theme, installation.
import { holdTab } from "./composer/draft.js";
import { tellAccount } from "./people/account_channel.js";
import { showInstallButton } from "./pwa/install_button.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { showLeftNotice } from "./rooms/leaving/left_notice.js";
import { RoomHint } from "./rooms/room_hint.js";
import { saveRooms } from "./rooms/saved_rooms.js";
import { enableSuggestion } from "./rooms/unguessable_name.js";
import { ThemeChoice } from "./ui/theme_choice.js";
import { keepTypedTexts } from "./ui/typed_texts.js";

const rows = [...document.querySelectorAll("[data-saved-room]")];

registerServiceWorker();
tellAccount();
new ThemeChoice();
new RoomHint(document.querySelector("[data-find-url]"));
enableSuggestion(document.querySelector("[data-enter]"));
showLeftNotice();
keepTypedTexts([...document.querySelectorAll("[data-enter] input:not([type=hidden])")]);
holdTab(); // its drafts are not those of a closed tab
saveRooms(rows.map(savedRoom));

function savedRoom(row) {
  const { id, kind, savedRoom: name } = row.dataset;
  return { id, kind, name, at: row.querySelector("time").dateTime };
}
showInstallButton(document.querySelector("[data-install]"));
