import { loadScript } from "../room_page/load_script.js";
import { element, updateRows } from "../ui/dom.js";
import { filesText, isPicture } from "./files_text.js";

const SHOWN_PICTURES = 4; // of a message
const MEDIA = /^(audio|video)\//;

let script = null; // shows the files in their places, and is loaded with the first ones

/**
 * Shows the files of a message. Their places are there at once, so that nothing moves when the files come.
 * @param {HTMLElement} node  of the message
 * @param {import("../net/protocol.js").SentFile[]} [files]
 *   of a message on its way as well: then `url` may be a blob's, and `progress` (0 to 1) says how much has arrived
 */
export function showFiles(node, files = []) {
  const shown = node.querySelector(".message-files");
  if (!files.length) {
    shown?.remove();
    return;
  }
  const list = shown ?? element("div", "message-files");
  shown ?? (node.querySelector(".fold-toggle") ?? node.querySelector(".message-text")).after(list);
  list.role = "group";
  list.ariaLabel = filesText(files);
  reservePlaces(list, files);
  fill(list, files);
}

function reservePlaces(list, files) {
  const places = new Map([...list.querySelectorAll("[data-file]")].map((place) => [place.dataset.file, place]));
  const placeOf = (file) => showPlace(places.get(file.id) ?? element("div"), file);
  const grid = list.querySelector(".pictures") ?? element("div", "pictures");
  const pictures = files.filter(isPicture).slice(0, SHOWN_PICTURES).map(placeOf);
  grid.dataset.count = pictures.length;
  updateRows(grid, pictures);
  updateRows(list, [...(pictures.length ? [grid] : []), ...files.filter((file) => !isPicture(file)).map(placeOf)]);
}

function showPlace(place, file) {
  const { id, width, height, head } = file;
  const sizes = { w: width, h: height, lines: head?.split("\n").length ?? 0 };
  place.dataset.file = id;
  place.className = isPicture(file) ? "picture" : `file ${playerOf(file)}`;
  Object.entries(sizes).forEach(([name, size]) => place.style.setProperty(`--${name}`, size));
  return place;
}

/** What plays a file that has arrived, as a class. */
function playerOf({ type, progress }) {
  const [, player] = (progress === undefined && MEDIA.exec(type)) || [];
  return player && document.createElement(player).canPlayType(type) ? `has-${player}` : "";
}

async function fill(list, files) {
  script ??= loadScript(() => import("../files.js"));
  const loaded = await script;
  loaded ? loaded.fillPlaces(list, files) : (script = null);
}
