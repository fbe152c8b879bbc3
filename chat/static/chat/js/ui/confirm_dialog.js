/** Asks in a dialog before an action that cannot be undone. @returns {Promise<boolean>} */
export function confirmDialog(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
