import { gettext } from "../lib/i18n.js";
import { keepTypedTexts } from "../ui/typed_texts.js";

/** The dialog that changes my name. */
export class NameDialog {
  #dialog = document.querySelector("[data-name-dialog]");
  #form = document.querySelector("[data-name-form]");
  #error = document.querySelector("[data-name-error]");
  #onRename;
  #onSaved;

  /**
   * @param {object} listeners
   * @param {(name: string) => void} listeners.onRename  by this dialog or by a command
   * @param {() => void} listeners.onNameSaved  this dialog has closed
   */
  constructor({ onRename, onNameSaved }) {
    this.#onRename = onRename;
    this.#onSaved = onNameSaved;
    this.#form.addEventListener("submit", (event) => this.#onSubmit(event));
    keepTypedTexts([this.#form.elements.name]) && this.#dialog.showModal(); // the name is not saved yet
  }

  /** Changes my name. @param {string} typed  @returns {Promise<?string>} why it failed, if it did */
  async rename(typed) {
    const body = new FormData(this.#form);
    body.set("name", typed);
    try {
      const response = await fetch(this.#form.action, { method: "POST", body });
      if (response.status === 422) {
        const { errors } = await response.json();
        return errors.name.join(" ");
      }
      if ([401, 429].includes(response.status)) {
        return (await response.json()).error.detail;
      }
      if (!response.ok) {
        throw new Error(response.status);
      }
      this.#onRename((await response.json()).name);
      return null;
    } catch {
      return gettext("Your name could not be changed. Try again in a moment.");
    }
  }

  /** @param {string} name  mine at present */
  open(name) {
    this.#form.elements.name.value = name;
    this.#showError("");
    this.#dialog.showModal();
    this.#form.elements.name.select();
  }

  async #onSubmit(event) {
    event.preventDefault();
    const refusal = await this.rename(this.#form.elements.name.value);
    if (refusal) {
      this.#showError(refusal);
    } else {
      this.#dialog.close();
      this.#onSaved();
    }
  }

  #showError(text) {
    const { name } = this.#form.elements;
    name.ariaInvalid = String(Boolean(text));
    name.setAttribute("aria-describedby", this.#error.id);
    this.#error.textContent = text;
    this.#error.hidden = !text;
  }
}
