/** Asks before something that cannot be undone. @returns {Promise<boolean>} */
export function confirmed(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** What all dialogs of a page do: a cross closes them, and so does a press beside them. */
export function closeDialogs() {
  document.addEventListener("click", ({ target }) => target.closest?.("[data-close]")?.closest("dialog").close());
  if (!("closedBy" in HTMLDialogElement.prototype)) {
    document.querySelectorAll("dialog[closedby]").forEach(closeBeside);
  }
}

/** Where the browser knows no closedby="any". A press that only ends beside it is a selection of text. */
function closeBeside(dialog) {
  let isBeside = false;
  dialog.addEventListener("pointerdown", (event) => (isBeside = liesBeside(dialog, event)));
  dialog.addEventListener("click", (event) => isBeside && liesBeside(dialog, event) && dialog.close());
}

function liesBeside(dialog, { target, clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
}
