import { dayFromNow } from "./query/completions.js";

/** The row with a calendar field: a day becomes a filter, or is jumped to. */
export class DateChoice {
  #row;
  #day;
  #toggle;

  /**
   * @param {HTMLElement} root
   * @param {{onFilter: (operator: string, day: string) => void, onJump: (day: string) => void}} listeners
   */
  constructor(root, { onFilter, onJump }) {
    this.#row = root.querySelector("[data-search-dates]");
    this.#day = root.querySelector("[data-search-day]");
    this.#toggle = root.querySelector("[data-search-calendar]");
    this.#day.value = this.#day.max = dayFromNow(0);
    this.#toggle.hidden = false;
    this.#toggle.addEventListener("click", () => this.#show(this.#row.hidden));
    this.#row.addEventListener("click", ({ target }) => {
      const { searchDate, searchJump } = target.closest("button")?.dataset ?? {};
      const choose = searchDate ? (day) => onFilter(searchDate, day) : searchJump === undefined ? null : onJump;
      choose && this.#choose(choose);
    });
    this.#row.addEventListener("keydown", (event) => this.#onKeyDown(event));
  }

  /** Opens the row for a filter that is being typed. @param {string} operator */
  openFor(operator) {
    this.#show(true);
    this.#row.querySelector(`[data-search-date=${operator}]`).classList.add("is-asked");
  }

  close() {
    this.#row.hidden || this.#show(false);
  }

  #choose(choose) {
    if (this.#day.value && this.#day.checkValidity()) {
      this.#show(false);
      choose(this.#day.value);
    } else {
      this.#day.reportValidity();
      this.#day.focus();
    }
  }

  #onKeyDown(event) {
    if (event.key === "Enter" && event.target === this.#day) {
      event.preventDefault();
      (this.#row.querySelector(".is-asked") ?? this.#row.querySelector("[data-search-date=on]")).click();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#show(false);
      this.#toggle.focus();
    }
  }

  #show(isOpen) {
    this.#row.hidden = !isOpen;
    this.#toggle.ariaExpanded = String(isOpen);
    this.#row.querySelectorAll(".is-asked").forEach((button) => button.classList.remove("is-asked"));
    isOpen && this.#day.focus();
  }
}
