/**
 * Makes an option of a listbox the active one, while the focus stays in a field (ARIA 1.2's combobox pattern).
 * @param {HTMLElement} list  of options that have ids
 * @param {HTMLElement} field
 * @param {number} index
 * @returns {boolean} whether there is such an option
 */
export function activate(list, field, index) {
  const active = list.children[index];
  if (active) {
    [...list.children].forEach((option) => (option.ariaSelected = String(option === active)));
    active.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", active.id);
  }
  return Boolean(active);
}

/** The place of the option that an event is on; -1 on none. @param {HTMLElement} list  @param {Element} target */
export const placeOf = (list, target) => [...list.children].indexOf(target.closest("[role=option]"));
