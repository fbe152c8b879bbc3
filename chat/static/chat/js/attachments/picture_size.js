const PICTURE = /^image\/(png|jpeg|gif|webp|avif)$/; // what every browser shows

/** Whether the browser shows a file as a picture. @param {{type: string}} file */
export const isPicture = ({ type }) => PICTURE.test(type);

/**
 * The size of a picture in pixels, upright; null if the browser cannot decode it.
 * @param {string} url
 * @returns {Promise<?{width: number, height: number}>}
 */
export async function pictureSize(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return null;
  }
}
