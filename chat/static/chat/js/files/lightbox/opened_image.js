import { previewsOf, sourceSet } from "../previews.js";

/**
 * A picture as large as it fits. A moving one stands still where motion is reduced.
 * @param {import("../../net/protocol.js").SentFile} picture
 * @param {boolean} moves  whether a moving picture may
 */
export function openedImage(picture, moves) {
  const { url, width, height, alt, name, animated } = picture;
  const image = new Image();
  const previews = previewsOf(picture);
  image.alt = alt || name;
  image.draggable = false;
  image.style.setProperty("--w", width);
  image.style.setProperty("--h", height);
  if (previews.length) {
    image.style.backgroundImage = `url("${previews[0].url}")`; // it is there already, until the larger one is
    image.addEventListener("load", () => (image.style.backgroundImage = ""), { once: true });
  }
  if (previews.length && !(animated && moves)) {
    image.sizes = "100vw";
    image.srcset = sourceSet(animated ? previews : [...previews, { url, width }]);
  }
  image.src = animated && !moves ? previews.at(-1)?.url ?? url : url;
  return image;
}
