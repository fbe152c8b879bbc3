/** Closes the page's dialogs by a click outside, in browsers that do not. */
export function enableClosingByClickOutside() {
  if (!("closedBy" in HTMLDialogElement.prototype)) {
    document.querySelectorAll("dialog[closedby]").forEach(closeByClickOutside);
  }
}

/** Stands in for closedby="any". Selecting text may end outside: only a press that begins there closes. */
function closeByClickOutside(dialog) {
  let beganOutside = false;
  dialog.addEventListener("pointerdown", (event) => (beganOutside = isOutside(dialog, event)));
  dialog.addEventListener("click", (event) => beganOutside && isOutside(dialog, event) && dialog.close());
}

function isOutside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
