const GAP_PX = 4;

/**
 * Opens a popover next to what it belongs to, where there is room; a phone shows it as a sheet (popover.css).
 * @param {HTMLElement} popover  with the attribute `popover`
 * @param {Element} anchor
 */
export function openBeside(popover, anchor) {
  popover.showPopover();
  const beside = anchor.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const fitsBelow = beside.bottom + GAP_PX + height <= innerHeight;
  const top = fitsBelow ? beside.bottom + GAP_PX : Math.max(GAP_PX, beside.top - GAP_PX - height);
  const wanted = isMirrored(popover) ? beside.left : beside.right - width;
  const left = Math.min(Math.max(GAP_PX, wanted), innerWidth - width - GAP_PX);
  popover.style.setProperty("--top", `${top}px`);
  popover.style.setProperty("--left", `${left}px`);
}

/** Whether lines run from right to left. */
const isMirrored = (node) => node.matches(":dir(rtl)");

/** Arrow keys walk the buttons of a list. @param {HTMLElement} list */
export function walkWithArrows(list) {
  list.addEventListener("keydown", (event) => {
    const along = isMirrored(list) ? -1 : 1;
    const step = { ArrowDown: 1, ArrowRight: along, ArrowUp: -1, ArrowLeft: -along }[event.key];
    if (!step || event.target.matches("input")) {
      return;
    }
    const buttons = [...list.querySelectorAll("button:not([hidden])")];
    const next = buttons.indexOf(document.activeElement) + step;
    buttons.at(next % buttons.length)?.focus();
    event.preventDefault();
  });
}
