const SIZES = [320, 960, 1920]; // the longest side of a preview, in pixels

/** The address of a preview of a picture. @param {import("../net/protocol.js").SentFile} picture  @param {number} size */
export const previewUrl = ({ url }, size) => `${url.slice(0, url.lastIndexOf("/"))}/${size}.webp`;

/**
 * The previews of a picture that there are: none of one on its way, and none larger than the picture.
 * @param {import("../net/protocol.js").SentFile} picture
 * @returns {{url: string, width: number}[]}
 */
export function previewsOf(picture) {
  const { url, width, height, animated } = picture;
  const longest = Math.max(width, height);
  const sizes = url.startsWith("blob:") ? [] : SIZES.filter((size) => size < longest);
  const still = animated && !sizes.length && !url.startsWith("blob:") ? [SIZES[0]] : []; // the picture itself would move
  return [...sizes, ...still].map((size) => ({ url: previewUrl(picture, size), width: Math.round(width * Math.min(1, size / longest)) }));
}

/** As `srcset` has them. @param {{url: string, width: number}[]} candidates */
export const sourceSet = (candidates) => candidates.map(({ url, width }) => `${url} ${width}w`).join(", ");
