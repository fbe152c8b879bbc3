import { readStorage, writeStorage } from "../lib/storage.js";

const KEY = "lobby theme";

/** The radio buttons that choose a theme. before_paint.js applies the choice, in all tabs. */
export class ThemeChoice {
  #fieldset = document.querySelector("[data-theme-choice]");

  constructor() {
    this.#fieldset.addEventListener("change", ({ target }) => choose(target.value));
    addEventListener("storage", () => this.#show());
    this.#show();
  }

  #show() {
    const radios = [...this.#fieldset.querySelectorAll("input")];
    const theme = readStorage(KEY) ?? "";
    radios.forEach((radio) => (radio.checked = radio.value === theme));
  }
}

function choose(theme) {
  writeStorage(KEY, theme);
  dispatchEvent(new CustomEvent("lobby:theme", { detail: theme }));
}
