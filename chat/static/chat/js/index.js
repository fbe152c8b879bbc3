// Entry point of the index page: the form, saved rooms, theme, installation.
import { holdTab } from "./composer/draft.js";
import { followOtherTabs, forgetLostRooms } from "./forgetting/lost_rooms.js";
import { tellAccount } from "./people/account_channel.js";
import { showInstallButton } from "./pwa/install_button.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { RoomHint } from "./rooms/entering/room_hint.js";
import { enableSuggestion } from "./rooms/entering/unguessable_name.js";
import { showLeftNotice } from "./rooms/leaving/left_notice.js";
import { saveRooms } from "./rooms/saved_rooms.js";
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
followOtherTabs();
forgetLostRooms(rows.map(savedRoom));
