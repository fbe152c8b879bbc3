import { element } from "../../ui/dom.js";
import { RoomLookup } from "../room_lookup.js";

/** Says below a field where the room name typed in it leads to, or what is wrong with it. */
export class RoomHint {
  #field;
  #hint;
  #lookup;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#field = form.querySelector("input[name=room]"); // a suggestion has the same name
    this.#hint = form.querySelector("[data-room-hint]");
    this.#lookup = new RoomLookup(form.dataset.findUrl);
    this.#field.addEventListener("input", () => this.#update());
  }

  async #update() {
    this.#removeRefusal();
    const typed = this.#field.value;
    typed.trim() || this.#hint.replaceChildren();
    const answer = await this.#lookup.find(typed);
    if (answer && typed === this.#field.value) {
      this.#hint.replaceChildren(...(answer.error ? this.#refusal(answer) : [this.#found(answer)]));
    }
  }

  /** The server's, of what was typed before. */
  #removeRefusal() {
    this.#field.removeAttribute("aria-invalid");
    this.#field.closest(".field").querySelector(".field-error:not([data-room-hint] *)")?.remove();
  }

  #found({ exists, label }) {
    const { known, unknown } = this.#hint.dataset;
    return element("p", "", exists === null ? label : exists ? known : unknown);
  }

  #refusal({ error, nearest }) {
    return [element("p", "field-error", error), ...(nearest ? [suggestion(nearest)] : [])];
  }
}

/** A button that opens the nearest name: it is sent after the field, and counts. */
function suggestion({ name, label }) {
  const button = element("button", "button", label);
  button.name = "room";
  button.value = name;
  return button;
}
