const GAP_PX = 4;

/**
 * Opens a popover beside its anchor, where there is room; on a phone it is a sheet (popover.css).
 * @param {HTMLElement} popover  with the attribute `popover`
 * @param {Element} anchor
 */
export function openBeside(popover, anchor) {
  popover.showPopover();
  if (anchor.ariaHasPopup) {
    anchor.ariaExpanded = "true";
    popover.addEventListener("beforetoggle", () => (anchor.ariaExpanded = "false"), { once: true });
  }
  positionBeside(popover, anchor);
}

/** Positions an open popover again, for instance after its size changed. */
export function positionBeside(popover, anchor) {
  const beside = anchor.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const fitsBelow = beside.bottom + GAP_PX + height <= innerHeight;
  const top = fitsBelow ? beside.bottom + GAP_PX : Math.max(GAP_PX, beside.top - GAP_PX - height);
  const startsAtLeft = isRightToLeft(popover) !== popover.matches(".card"); // a menu ends where its button does
  const wanted = startsAtLeft ? beside.left : beside.right - width;
  const left = Math.min(Math.max(GAP_PX, wanted), innerWidth - width - GAP_PX);
  popover.style.setProperty("--top", `${top}px`);
  popover.style.setProperty("--left", `${left}px`);
}

const isRightToLeft = (node) => node.matches(":dir(rtl)");

/** Arrow keys, Home and End move the focus among the buttons of a container. @param {HTMLElement} container */
export function enableArrowKeys(container) {
  container.addEventListener("keydown", (event) => {
    const buttons = visibleButtons(container);
    const index = buttons.indexOf(document.activeElement);
    const next = event.target.matches("input") ? null : nextIndex(event.key, index, buttons.length, container);
    if (next !== null) {
      buttons.at(next)?.focus();
      event.preventDefault();
    }
  });
}

function nextIndex(key, index, count, container) {
  const forward = isRightToLeft(container) ? -1 : 1;
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: forward, ArrowLeft: -forward }[key];
  return step ? (index + step) % count : ({ Home: 0, End: -1 }[key] ?? null);
}

/**
 * A menu's keys: arrows; Tab closes; a letter finds an item (ARIA Authoring Practices, "Menu").
 * @param {HTMLElement} menu
 */
export function enableMenuKeys(menu) {
  enableArrowKeys(menu);
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") {
      menu.hidePopover(); // the focus returns to the anchor, and Tab goes on from there
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      itemStartingWith(event.key, menu)?.focus();
    }
  });
}

function itemStartingWith(letter, menu) {
  const items = visibleButtons(menu);
  const next = items.indexOf(document.activeElement) + 1;
  const matches = (item) => item.textContent.toLocaleLowerCase().startsWith(letter.toLocaleLowerCase());
  return [...items.slice(next), ...items.slice(0, next)].find(matches);
}

const visibleButtons = (container) => [...container.querySelectorAll("button:not([hidden])")];
