import { gettext } from "../lib/i18n.js";

/** The room's topic under its name, and the dialog that sets it. */
export class TopicView {
  #button = document.querySelector("[data-topic]");
  #dialog = document.querySelector("[data-topic-dialog]");
  #form = document.querySelector("[data-topic-form]");
  #onChange;
  #onRead;
  #seq = 0; // of the message that set the topic

  /**
   * @param {(topic: string) => void} onChange  sets another topic
   * @param {() => void} onRead  shows the whole topic
   */
  constructor(onChange, onRead) {
    this.#onChange = onChange;
    this.#onRead = onRead;
    this.#button.addEventListener("click", () => (this.text ? this.#onRead() : this.edit()));
    this.#form.addEventListener("submit", () => this.#onSubmit());
    this.#form.addEventListener("reset", () => this.#dialog.close());
  }

  get text() {
    return this.#button.dataset.value ?? "";
  }

  /** @param {string} topic */
  show(topic) {
    this.#button.textContent = topic || gettext("Set a topic");
    this.#button.classList.toggle("is-unset", !topic);
    this.#button.dataset.value = topic;
    this.#button.title = topic;
  }

  /**
   * Shows the topic that the latest of these messages sets; none if that was deleted.
   * @param {import("../net/protocol.js").Message[]} messages
   */
  update(messages) {
    for (const { kind, seq, text } of messages) {
      if (kind === "topic" && seq >= this.#seq) {
        this.#seq = seq;
        this.show(text);
      }
    }
  }

  /** Opens the dialog that sets the topic. */
  edit() {
    this.#form.elements.topic.value = this.text;
    this.#dialog.showModal();
    this.#form.elements.topic.select();
  }

  #onSubmit() {
    const topic = this.#form.elements.topic.value.trim();
    if (topic !== this.text) {
      this.#onChange(topic);
    }
  }
}
