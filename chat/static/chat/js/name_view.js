/** Changing my name, on the spot. */
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
    document.querySelector("[data-name-cancel]").addEventListener("click", () => this.#dialog.close());
    this.#form.addEventListener("submit", (event) => this.#submitted(event));
  }

  #open() {
    this.#form.elements.name.value = this.#label.textContent;
    this.#say("");
    this.#dialog.showModal();
    this.#form.elements.name.select();
  }

  async #submitted(event) {
    event.preventDefault();
    try {
      const response = await fetch(this.#form.action, { method: "POST", body: new FormData(this.#form) });
      if (response.status === 422) {
        const { errors } = await response.json();
        this.#say(errors.name.join(" "));
      } else if (response.ok) {
        const { name } = await response.json();
        this.#label.textContent = name;
        this.#renamed(name);
        this.#dialog.close();
      } else {
        throw new Error(response.status);
      }
    } catch {
      this.#say("Your name could not be changed just now.");
    }
  }

  #say(text) {
    this.#error.textContent = text;
    this.#error.hidden = !text;
  }
}
