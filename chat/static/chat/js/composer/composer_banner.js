import { gettext, withNodes } from "../lib/i18n.js";
import { element } from "../ui/dom.js";

/** The bar above the field while a reply or an edit is written. */
export class ComposerBanner {
  #node = document.querySelector("[data-composer-banner]");
  #text = document.querySelector("[data-composer-banner-text]");

  /** @param {() => void} onCancel */
  constructor(onCancel) {
    document.querySelector("[data-composer-cancel]").addEventListener("click", onCancel);
  }

  /** @param {{author: {name: string}, excerpt: string}} message */
  showReply({ author, excerpt }) {
    const name = element("strong", "", element("bdi", "", author.name));
    const text = element("bdi", "", excerpt);
    this.#show(...withNodes(gettext("Replying to %(name)s: %(excerpt)s"), { name, excerpt: text }));
  }

  showEdit() {
    this.#show(gettext("Editing a message"));
  }

  hide() {
    this.#node.hidden = true;
    this.#text.replaceChildren();
  }

  #show(...content) {
    this.#node.hidden = false;
    this.#text.replaceChildren(...content);
  }
}
