/**
 * Makes an option of a listbox the active one, while a field keeps the focus (ARIA 1.2's combobox pattern).
 * @param {HTMLElement} list  of options that have ids
 * @param {HTMLElement} field
 * @param {number} index
 * @returns {boolean} whether there is such an option
 */
export function activateOption(list, field, index) {
  const active = list.children[index];
  if (active) {
    [...list.children].forEach((option) => (option.ariaSelected = String(option === active)));
    active.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", active.id);
  }
  return Boolean(active);
}

/**
 * The index of the option around an event's target; -1 outside of options.
 * @param {HTMLElement} list
 * @param {Element} target
 */
export const optionIndex = (list, target) => [...list.children].indexOf(target.closest("[role=option]"));
