import { gettext } from "../lib/i18n.js";

/** My name, changed on the spot: in the dialog about me. */
export class NameView {
  #dialog = document.querySelector("[data-name-dialog]");
  #form = document.querySelector("[data-name-form]");
  #error = document.querySelector("[data-name-error]");
  #label = document.querySelector("[data-my-name]");
  #renamed;

  /** @param {(name: string) => void} renamed */
  constructor(renamed) {
    this.#renamed = renamed;
    document.querySelector("[data-rename]").addEventListener("click", () => this.#open());
    this.#form.addEventListener("submit", (event) => this.#submitted(event));
  }

  #open() {
    this.#form.elements.name.value = this.#label.textContent;
    this.#say("");
    this.#dialog.showModal();
    this.#form.elements.name.select();
  }

  /** Takes another name. @param {string} typed  @returns {Promise<?string>} why not, if not */
  async rename(typed) {
    const body = new FormData(this.#form);
    body.set("name", typed);
    try {
      const response = await fetch(this.#form.action, { method: "POST", body });
      if (response.status === 422) {
        const { errors } = await response.json();
        return errors.name.join(" ");
      }
      if (!response.ok) {
        throw new Error(response.status);
      }
      this.show((await response.json()).name);
      this.#renamed(this.#label.textContent);
      return null;
    } catch {
      return gettext("Your name could not be changed just now.");
    }
  }

  /** @param {string} name */
  show(name) {
    this.#label.textContent = name;
  }

  async #submitted(event) {
    event.preventDefault();
    const refusal = await this.rename(this.#form.elements.name.value);
    if (refusal) {
      this.#say(refusal);
    } else {
      this.#dialog.close();
    }
  }

  #say(text) {
    const { name } = this.#form.elements;
    name.ariaInvalid = String(Boolean(text));
    name.setAttribute("aria-describedby", this.#error.id);
    this.#error.textContent = text;
    this.#error.hidden = !text;
  }
}
