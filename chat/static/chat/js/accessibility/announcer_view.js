import { gettext } from "../lib/i18n.js";
import { element } from "../ui/dom.js";

const BATCH_MS = 1_000;
const SHOWN_MS = 10_000; // then removed, so that reading the page does not meet old announcements

/** The live region: a visually hidden part of the log. The messages themselves are not announced. */
export class AnnouncerView {
  #announcer;
  #region = document.querySelector("[data-announcer]");
  #timer = 0;

  /** @param {import("./announcer.js").Announcer} announcer */
  constructor(announcer) {
    this.#announcer = announcer;
  }

  /** @param {import("../net/protocol.js").Message[]} messages */
  add(messages) {
    messages.filter(({ deleted }) => deleted).forEach(({ seq }) => this.#remove(seq));
    this.#announcer.add(messages);
    if (!this.#announcer.isEmpty) {
      this.#timer ||= setTimeout(() => this.#flush(), BATCH_MS);
    }
  }

  /** Too many messages were missed to count them. */
  announceMany() {
    this.#show({ text: gettext("Many new messages") });
  }

  #flush() {
    this.#timer = 0;
    this.#announcer.flush().forEach((announcement) => this.#show(announcement));
  }

  #show({ text, seq = "" }) {
    const line = element("p", "", text);
    line.dataset.of = seq;
    this.#region.append(line);
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  #remove(seq) {
    this.#region.querySelector(`[data-of="${seq}"]`)?.remove();
  }
}
