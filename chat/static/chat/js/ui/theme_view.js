import { keep, kept } from "../lib/kept.js";

const KEY = "lobby theme";

/** The choice of a theme, where a page has one; it holds at once, on every page and in every tab (before_paint.js). */
export class ThemeView {
  #choice = document.querySelector("[data-theme-choice]");

  constructor() {
    this.#choice.addEventListener("change", ({ target }) => choose(target.value));
    addEventListener("storage", () => this.#show());
    this.#show();
  }

  #show() {
    const radios = [...this.#choice.querySelectorAll("input")];
    const theme = kept(KEY) ?? "";
    radios.forEach((radio) => (radio.checked = radio.value === theme));
  }
}

function choose(theme) {
  keep(KEY, theme);
  dispatchEvent(new CustomEvent("lobby:theme", { detail: theme }));
}
