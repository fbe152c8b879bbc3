/**
 * Whether the caret stands in fenced code that is not closed yet.
 * @param {import("./markdown_editing.js").State} state
 * @returns {boolean}
 */
export function isInOpenFence({ text, start }) {
  let fence = "";
  for (const line of text.slice(0, start).split("\n")) {
    const [mark] = /^ {0,3}`{3,}/.exec(line) ?? [""];
    if (!fence) {
      fence = line.indexOf("`", mark.length) < 0 ? mark.trim() : "";
    } else if (mark.trim().length >= fence.length && line.trim() === mark.trim()) {
      fence = "";
    }
  }
  return fence !== "";
}
