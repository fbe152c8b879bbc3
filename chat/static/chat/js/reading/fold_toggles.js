import { showFoldToggle } from "../messages/folds.js";

/**
 * Opens or folds a message. What the reader looks at stays where it is.
 * @param {HTMLElement} toggle
 * @param {import("../room_page/timeline_views.js").TimelineViews} timelineViews
 */
export function toggleFold(toggle, { view, scrollAnchor }) {
  const node = toggle.closest(".message");
  const isOpen = toggle.ariaExpanded === "true";
  scrollAnchor.hold(isOpen && scrollAnchor.isInView(toggle) ? toggle : node, () => view.setFolded(node, isOpen));
}

/** Opens a message when the browser has found a text in its fold. @param {HTMLElement} list */
export function openFoundFolds(list) {
  list.addEventListener("beforematch", ({ target }) => {
    const node = target.closest(".message");
    node.classList.add("is-unfolded"); // the browser shows the rest
    showFoldToggle(node, true);
  });
}
