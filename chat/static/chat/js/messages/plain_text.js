/**
 * The text of formatted HTML.
 * @param {string} html
 * @param {(body: HTMLElement) => void} prepare  may change the parsed HTML first
 */
export function htmlToText(html, prepare) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  prepare(body);
  body.querySelectorAll("p, li, pre, blockquote, br").forEach((block) => block.after(" "));
  return body.textContent;
}

/** The beginning of a text, on one line. @param {string} text  @param {number} length  in characters, at most */
export function truncate(text, length) {
  const line = [...text.replace(/\s+/g, " ").trim()];
  return line.length > length ? `${line.slice(0, length).join("")}…` : line.join("");
}

/** @param {HTMLElement} body  @param {string} replacement */
export function replaceSpoilers(body, replacement) {
  body.querySelectorAll(".spoiler").forEach((spoiler) => spoiler.replaceChildren(replacement));
}
