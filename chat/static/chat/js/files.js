import { showCard } from "./files/card.js";
import { isPicture } from "./files/files_text.js";
import { showPicture } from "./files/picture.js";

const shownFiles = new WeakMap(); // by the list that shows them

/**
 * Puts files into the places that files/show_files.js keeps for them. It is a script of its own, loaded with the first
 * file; so is its stylesheet, which the page fetches after all else.
 * @param {HTMLElement} list
 * @param {import("./net/protocol.js").SentFile[]} files
 */
export function fillPlaces(list, files) {
  document.querySelector("[data-files-sheet]").media = "all";
  shownFiles.set(list, files);
  const pictures = files.filter(isPicture);
  for (const place of list.querySelectorAll("[data-file]")) {
    const file = files.find(({ id }) => id === place.dataset.file);
    if (file) {
      isPicture(file) ? showPicture(place, file, pictures, openLightbox) : showCard(place, file);
      showProgress(place, file);
    }
  }
}

/** Opens the pictures of the page, beginning with that of a place. @param {HTMLElement} place */
async function openLightbox(place) {
  const { openAt } = await import("./lightbox.js");
  openAt(place, (list) => (shownFiles.get(list) ?? []).filter(isPicture));
}

function showProgress(place, { name, progress }) {
  let bar = place.querySelector("progress");
  if (progress === undefined) {
    bar?.remove();
    return;
  }
  if (!bar) {
    bar = document.createElement("progress");
    bar.ariaLabel = name;
    place.append(bar);
  }
  bar.value = progress;
}
