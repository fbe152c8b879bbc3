import { Lightbox } from "./files/lightbox/lightbox.js";

let lightbox = null;

/**
 * Opens the picture of a place in the timeline. It is a script of its own, loaded with the first picture that is opened.
 * @param {HTMLElement} place
 * @param {(list: HTMLElement) => import("./net/protocol.js").SentFile[]} picturesOf  that a list in a message shows
 */
export function openAt(place, picturesOf) {
  lightbox ??= new Lightbox(picturesOf);
  lightbox.open(place);
}
