/** Shows what a spoiler hides. @param {HTMLElement} spoiler */
export function openSpoiler(spoiler) {
  spoiler.classList.add("is-open");
  delete spoiler.dataset.reading;
  spoiler.removeAttribute("role");
  spoiler.removeAttribute("aria-label");
  spoiler.tabIndex = -1; // keeps the focus if it has it, and is no tab stop any more
}
