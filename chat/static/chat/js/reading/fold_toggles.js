import { setFolded } from "../messages/folds.js";

/**
 * Opens or folds a message. What the reader looks at stays where it is.
 * @param {HTMLElement} toggle
 * @param {import("../timeline/scroll_anchor.js").ScrollAnchor} scrollAnchor
 */
export function toggleFold(toggle, scrollAnchor) {
  const node = toggle.closest(".message");
  const isOpen = toggle.ariaExpanded === "true";
  scrollAnchor.hold(isOpen ? toggle : node, () => setFolded(node, isOpen));
}

/**
 * Opens a folded message when the browser scrolls inside it: it has found a text there, or moves the focus there.
 * @param {HTMLElement} list
 * @param {import("../timeline/scroll_anchor.js").ScrollAnchor} scrollAnchor
 */
export function openFoldsOnScroll(list, scrollAnchor) {
  const open = ({ target }) => {
    if (target.matches(".is-folded") && target.scrollTop > 0) {
      const node = target.closest(".message");
      scrollAnchor.hold(node, () => setFolded(node, false), target.scrollTop);
    }
  };
  list.addEventListener("scroll", open, { capture: true }); // it does not bubble
}
