import { Comeback } from "./pwa/comeback.js";
import { gettext } from "./lib/i18n.js";
import { install } from "./pwa/install.js";
import { knownRooms } from "./rooms/known_rooms.js";
import { writeInto } from "./pwa/offline_composer.js";
import { showLetters, showRooms } from "./pwa/offline_view.js";
import { unsent } from "./net/outbox_store.js";
import { keyOf } from "./rooms/rooms.js";

/** The room this address is of, as it is called; null where it is of none. @returns {?string} */
function roomAt(pathname) {
  const [, typed] = /^\/chat\/([^/]+)\/$/.exec(pathname) ?? [];
  try {
    return typed ? decodeURIComponent(typed) : null;
  } catch {
    return null; // no name is written so
  }
}

function showWhy(room) {
  const title = navigator.onLine ? gettext("Lobby does not answer just now") : gettext("You are offline");
  document.querySelector("[data-offline-title]").textContent = title;
  if (room) {
    document.title = `${room} · Lobby`;
    document.querySelector("[data-offline-promise]").textContent = gettext("%(room)s opens by itself as soon as it can.", { room });
  }
}

const rooms = knownRooms();
const asked = roomAt(location.pathname);
const mine = asked && rooms.find(({ name }) => keyOf(name) === keyOf(asked));
const showOutbox = async () => showLetters(await unsent());
const show = () => showWhy(mine?.name ?? asked);

show();
addEventListener("online", show);
addEventListener("offline", show);
showRooms(rooms.filter((room) => room !== mine));
showOutbox();
if (mine) {
  writeInto(mine.name, showOutbox); // of another, nobody knows here how it is spelled
}

install();
const comeback = new Comeback(() => location.reload());
document.querySelector("[data-offline-again]").addEventListener("click", () => comeback.ask());
