import { gettext } from "../lib/i18n.js";

/** What the room is about, under its name; whoever is here may set it. */
export class TopicView {
  #place = document.querySelector("[data-topic]");
  #dialog = document.querySelector("[data-topic-dialog]");
  #form = document.querySelector("[data-topic-form]");
  #set;
  #seq = 0; // of the message that set it

  /** @param {(topic: string) => void} set */
  constructor(set) {
    this.#set = set;
    this.#place.addEventListener("click", () => this.#open());
    this.#form.addEventListener("submit", () => this.#submitted());
    this.#form.addEventListener("reset", () => this.#dialog.close());
  }

  /** @param {string} topic */
  show(topic) {
    this.#place.textContent = topic || gettext("Set a topic");
    this.#place.classList.toggle("is-unset", !topic);
    this.#place.dataset.value = topic;
    this.#place.title = topic;
  }

  /** Takes it from what is said. @param {import("../net/protocol.js").Message[]} messages */
  take(messages) {
    for (const { kind, seq, text } of messages) {
      if (kind === "topic" && seq > this.#seq) {
        this.#seq = seq;
        this.show(text);
      }
    }
  }

  #open() {
    this.#form.elements.topic.value = this.#place.dataset.value ?? "";
    this.#dialog.showModal();
    this.#form.elements.topic.select();
  }

  #submitted() {
    const topic = this.#form.elements.topic.value.trim();
    if (topic !== (this.#place.dataset.value ?? "")) {
      this.#set(topic);
    }
  }
}
