const MAX_CHARACTERS = 8_000;
const LONE_SURROGATES = /\p{Surrogate}/gu; // halves of characters: no text, and no server takes them

/** The place to write: Enter sends, Shift+Enter starts a new line. */
export class ComposerView {
  #input = document.querySelector("#chat-message-input");
  #note = document.querySelector("[data-composer-note]");
  #write;
  #draft;

  /**
   * @param {(text: string) => void} write
   * @param {import("./draft.js").Draft} draft
   */
  constructor(write, draft) {
    this.#write = write;
    this.#draft = draft;
    this.#input.value ||= draft.text;
    const form = document.querySelector("[data-composer]");
    form.addEventListener("submit", (event) => this.#submitted(event));
    this.#input.addEventListener("keydown", (event) => {
      // Safari ends a composition before the Enter that ends it, and marks that one 229.
      const composes = event.isComposing || event.keyCode === 229;
      if (event.key === "Enter" && !event.shiftKey && !composes) {
        this.#submitted(event);
      }
    });
    this.#input.addEventListener("input", () => {
      this.#draft.text = this.#input.value;
      this.#say("");
    });
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.#input.value.trim().replace(LONE_SURROGATES, "\ufffd");
    const length = [...text].length;
    if (length > MAX_CHARACTERS) {
      this.#say(`That is ${length} characters; a message has at most ${MAX_CHARACTERS}.`);
    } else if (text) {
      this.#input.value = this.#draft.text = "";
      this.#write(text);
    }
    this.#input.focus();
  }

  #say(note) {
    this.#note.textContent = note;
    this.#note.hidden = !note;
  }
}
