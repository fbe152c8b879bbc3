const GAP_PX = 4;

/**
 * Opens a popover next to what it belongs to, where there is room; a phone shows it as a sheet (popover.css).
 * @param {HTMLElement} popover  with the attribute `popover`
 * @param {Element} anchor
 */
export function openBeside(popover, anchor) {
  popover.showPopover();
  if (anchor.ariaHasPopup) {
    anchor.ariaExpanded = "true";
    popover.addEventListener("beforetoggle", () => (anchor.ariaExpanded = "false"), { once: true });
  }
  placeBeside(popover, anchor);
}

/** The same for one that is open, and has grown. */
export function placeBeside(popover, anchor) {
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

/** Arrow keys, Home and End walk the buttons of a list. @param {HTMLElement} list */
export function walkWithArrows(list) {
  list.addEventListener("keydown", (event) => {
    const buttons = [...list.querySelectorAll("button:not([hidden])")];
    const at = buttons.indexOf(document.activeElement);
    const next = event.target.matches("input") ? null : placeAfter(event.key, at, buttons.length, list);
    if (next !== null) {
      buttons.at(next)?.focus();
      event.preventDefault();
    }
  });
}

function placeAfter(key, at, count, list) {
  const forward = isMirrored(list) ? -1 : 1;
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: forward, ArrowLeft: -forward }[key];
  return step ? (at + step) % count : ({ Home: 0, End: -1 }[key] ?? null);
}

/** The same in a menu, where Tab leaves and a letter finds (ARIA Authoring Practices, "Menu"). @param {HTMLElement} menu */
export function walkMenu(menu) {
  walkWithArrows(menu);
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") {
      menu.hidePopover(); // the focus is where it was before, and goes on from there
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      beginningWith(event.key, menu)?.focus();
    }
  });
}

function beginningWith(letter, menu) {
  const items = [...menu.querySelectorAll("button:not([hidden])")];
  const at = items.indexOf(document.activeElement) + 1;
  const isMeant = (item) => item.textContent.toLocaleLowerCase().startsWith(letter.toLocaleLowerCase());
  return [...items.slice(at), ...items.slice(0, at)].find(isMeant);
}
