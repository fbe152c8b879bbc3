import { gettext } from "../lib/i18n.js";

/** The room's topic under its name, and the dialog that sets it. */
export class TopicView {
  #button = document.querySelector("[data-topic]");
  #dialog = document.querySelector("[data-topic-dialog]");
  #form = document.querySelector("[data-topic-form]");
  #onChange;
  #seq = 0; // of the message that set the topic

  /** @param {(topic: string) => void} onChange  sets another topic */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#button.addEventListener("click", () => this.#open());
    this.#form.addEventListener("submit", () => this.#onSubmit());
    this.#form.addEventListener("reset", () => this.#dialog.close());
  }

  /** @param {string} topic */
  show(topic) {
    this.#button.textContent = topic || gettext("Set a topic");
    this.#button.classList.toggle("is-unset", !topic);
    this.#button.dataset.value = topic;
    this.#button.title = topic;
  }

  /**
   * Shows the topic that the latest of these messages sets.
   * @param {import("../net/protocol.js").Message[]} messages
   */
  update(messages) {
    for (const { kind, seq, text } of messages) {
      if (kind === "topic" && seq > this.#seq) {
        this.#seq = seq;
        this.show(text);
      }
    }
  }

  #open() {
    this.#form.elements.topic.value = this.#button.dataset.value ?? "";
    this.#dialog.showModal();
    this.#form.elements.topic.select();
  }

  #onSubmit() {
    const topic = this.#form.elements.topic.value.trim();
    if (topic !== (this.#button.dataset.value ?? "")) {
      this.#onChange(topic);
    }
  }
}
