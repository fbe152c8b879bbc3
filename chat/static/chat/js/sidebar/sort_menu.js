import { enableMenuKeys, openBeside } from "../ui/popover.js";
import { setSortOrder, sortOrder } from "./room_groups.js";

/** The menu that sorts the rooms of the sidebar. */
export class SortMenu {
  #menu = document.querySelector("[data-sort-menu]");
  #onSort;

  /** @param {() => void} onSort */
  constructor(onSort) {
    this.#onSort = onSort;
    enableMenuKeys(this.#menu);
    this.#menu.addEventListener("click", ({ target }) => this.#choose(target.closest("[data-sort]")));
  }

  /** @param {HTMLElement} anchor */
  open(anchor) {
    const order = sortOrder();
    const items = [...this.#menu.querySelectorAll("[data-sort]")];
    items.forEach((item) => (item.ariaChecked = String(item.dataset.sort === order)));
    openBeside(this.#menu, anchor);
    items.find(({ dataset }) => dataset.sort === order).focus();
  }

  #choose(item) {
    if (item) {
      setSortOrder(item.dataset.sort);
      this.#menu.hidePopover();
      this.#onSort();
    }
  }
}
