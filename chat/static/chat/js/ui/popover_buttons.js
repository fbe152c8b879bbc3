/**
 * Lets the button that opened a popover close it: to the browser, a press on it is outside of the popover, and the
 * click would open the popover again. The button counts as the popover's own while that is open.
 */
export function enablePopoverButtons() {
  const openers = new WeakMap(); // by popover
  let clicked = null;
  const onClick = ({ target }) => (clicked = target.closest("button[aria-haspopup]"));
  const onOpen = ({ target, newState }) => {
    if (target.popover && newState === "open" && clicked) {
      openers.set(target, clicked);
      clicked.popoverTargetElement = target;
      clicked.popoverTargetAction = "hide";
    }
  };
  const onClose = ({ target, newState }) => {
    if (newState === "closed" && openers.has(target)) {
      openers.get(target).popoverTargetElement = null;
      openers.delete(target);
    }
  };
  document.addEventListener("click", onClick, { capture: true });
  document.addEventListener("toggle", onOpen, { capture: true }); // after the click that opened it
  document.addEventListener("beforetoggle", onClose, { capture: true }); // before the next press
}
