import { element } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";

const GATHER_MS = 1_000;
const KEPT_MS = 10_000; // then whoever reads the page itself does not come across it

/** Says what is new to a screen reader: in the log, where nobody sees it. The messages themselves are silent. */
export class AnnouncerView {
  #announcer;
  #place = document.querySelector("[data-announcer]");
  #listens = false;
  #timer = 0;

  /** @param {import("./announcer.js").Announcer} announcer */
  constructor(announcer) {
    this.#announcer = announcer;
  }

  /** From now on: what came with the page, or to catch up with it, is no news. */
  listen() {
    this.#listens = true;
  }

  /** @param {import("../net/protocol.js").Message[]} messages */
  take(messages) {
    if (!this.#listens) {
      return;
    }
    messages.filter(({ deleted }) => deleted).forEach(({ seq }) => this.#withdraw(seq));
    this.#announcer.take(messages);
    if (this.#announcer.hasNews) {
      this.#timer ||= setTimeout(() => this.#say(), GATHER_MS);
    }
  }

  /** So much came that nobody counted it. */
  takeMany() {
    if (this.#listens) {
      this.#show({ text: gettext("Many new messages") });
    }
  }

  #say() {
    this.#timer = 0;
    this.#announcer.next().forEach((announcement) => this.#show(announcement));
  }

  #show({ text, seq = "" }) {
    const line = element("p", "", text);
    line.dataset.of = seq;
    this.#place.append(line);
    setTimeout(() => line.remove(), KEPT_MS);
  }

  /** What was deleted is nowhere any more. */
  #withdraw(seq) {
    this.#place.querySelector(`[data-of="${seq}"]`)?.remove();
  }
}
