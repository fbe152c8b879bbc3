import { ngettext } from "../lib/i18n.js";
import { button, element } from "../ui/dom.js";
import { Animation } from "./animation.js";
import { previewsOf, sourceSet } from "./previews.js";

const TILE_PX = 224; // the side of a picture among several, on a wide page

const animations = new WeakMap(); // by place

/**
 * Shows a picture in its place: a button that opens it.
 * @param {HTMLElement} place
 * @param {import("../net/protocol.js").SentFile} file
 * @param {import("../net/protocol.js").SentFile[]} pictures  of the same message
 * @param {(place: HTMLElement) => void} onOpen
 */
export function showPicture(place, file, pictures, onOpen) {
  const shown = place.parentElement.children;
  const more = place === shown[shown.length - 1] ? pictures.length - shown.length : 0;
  const key = JSON.stringify([file.url, file.alt, file.name, pictures.length, more]);
  if (place.dataset.shown === key) {
    return;
  }
  place.dataset.shown = key;
  const opener = place.querySelector(".picture-open") ?? newOpener(place, onOpen);
  const image = newImage(file, pictures.length > 1);
  const before = opener.querySelector("img");
  before ? replaceWhenThere(before, image) : opener.prepend(image);
  showMore(opener, more);
  animations.get(place)?.remove();
  file.animated && animations.set(place, new Animation(place, file));
}

function newOpener(place, onOpen) {
  const opener = button("", () => onOpen(place), "picture-open");
  opener.setAttribute("aria-haspopup", "dialog");
  place.append(opener);
  return opener;
}

function newImage(file, isTile) {
  const { url, width, height, name, alt } = file;
  const image = new Image(width, height);
  const previews = previewsOf(file);
  image.loading = "lazy";
  image.decoding = "async";
  image.alt = alt || name;
  image.title = alt ?? "";
  if (previews.length) {
    image.sizes = isTile ? `${Math.round(TILE_PX * Math.max(1, width / height))}px` : "auto, 448px";
    image.srcset = sourceSet(previews);
  }
  image.src = previews[0]?.url ?? url;
  image.draggable = false;
  return image;
}

/** The bytes on this device stay until those of the server are there. */
async function replaceWhenThere(before, image) {
  image.loading = "eager";
  await image.decode().catch(() => {}); // then its text is shown
  before.isConnected && before.replaceWith(image);
}

function showMore(opener, count) {
  opener.querySelector(".pictures-more")?.remove();
  if (count > 0) {
    const label = element("span", "pictures-more", `+${count}`);
    label.role = "img";
    label.ariaLabel = ngettext("%(count)s more picture", "%(count)s more pictures", count);
    opener.append(label);
  }
}
