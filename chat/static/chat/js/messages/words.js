/**
 * What stands in a formatted text, without its form.
 * @param {string} html
 * @param {(body: HTMLElement) => void} prepare  changes what is to read otherwise than it stands there
 */
export function wordsOf(html, prepare) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  prepare(body);
  body.querySelectorAll("p, li, pre, blockquote, br").forEach((block) => block.after(" "));
  return body.textContent;
}

/** The beginning of a text, in one line. @param {string} text  @param {number} length  in characters, at most */
export function beginning(text, length) {
  const line = [...text.replace(/\s+/g, " ").trim()];
  return line.length > length ? `${line.slice(0, length).join("")}…` : line.join("");
}

/** Lets what is hidden read as that. @param {HTMLElement} body  @param {string} sign */
export function hideSpoilers(body, sign) {
  body.querySelectorAll(".spoiler").forEach((spoiler) => spoiler.replaceChildren(sign));
}
