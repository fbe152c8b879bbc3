import { gettext } from "../lib/i18n.js";
import { button, element, icon } from "../ui/dom.js";

export const COPY = "M9 9h11v11H9zM5 15H4V4h11v1";

/** Gives each code block a button that copies it. @param {HTMLElement} container */
export function addCopyButtons(container) {
  container.querySelectorAll("pre").forEach((pre) => {
    const copy = readingButton("copy-code", "copyCode");
    copy.append(icon(COPY));
    copy.ariaLabel = copy.title = gettext("Copy code");
    const block = element("div", "code-block");
    pre.replaceWith(block);
    block.append(copy, pre);
  });
}

/** A button that calls an action of reading.js. @param {string} className  @param {string} action */
export function readingButton(className, action) {
  const node = button("", null, className);
  node.dataset.reading = action;
  return node;
}
