/**
 * Lets the button that opened a popover close it: to the browser, a press on it is outside of the popover, and the
 * click would open the popover again. The button counts as the popover's own while that is open.
 */
export function enablePopoverButtons() {
  const openers = new WeakMap(); // by popover
  let clicked = null;
  const onClick = ({ target }) => (clicked = target.closest("button[aria-haspopup]"));
  const onToggle = ({ target, newState }) => {
    const isOpen = newState === "open";
    const opener = isOpen ? clicked : openers.get(target);
    if (target.popover && opener) {
      openers.set(target, opener);
      opener.popoverTargetElement = isOpen ? target : null;
      opener.popoverTargetAction = "hide";
    }
  };
  document.addEventListener("click", onClick, { capture: true });
  document.addEventListener("toggle", onToggle, { capture: true });
}
