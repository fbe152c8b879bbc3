/**
 * Whether the caret stands in fenced code that is not closed yet.
 * @param {import("./markdown_editing.js").State} state
 * @returns {boolean}
 */
export function isInOpenFence({ text, start }) {
  let fence = "";
  for (const line of text.slice(0, start).split("\n")) {
    const [, mark = "", rest] = /^ {0,3}(`{3,}|~{3,})(.*)/.exec(line) ?? [];
    if (!fence) {
      fence = mark[0] === "`" && rest.includes("`") ? "" : mark;
    } else if (mark.startsWith(fence) && !rest.trim()) {
      fence = "";
    }
  }
  return fence !== "";
}
