import { element } from "../ui/dom.js";
import { gettext, withNodes } from "../lib/i18n.js";

/** Over the field: what the text will be, when it is not simply a new message. */
export class ComposerBanner {
  #node = document.querySelector("[data-composer-banner]");
  #text = document.querySelector("[data-composer-banner-text]");

  /** @param {() => void} cancelled */
  constructor(cancelled) {
    document.querySelector("[data-composer-cancel]").addEventListener("click", cancelled);
  }

  /** @param {{author: {name: string}, excerpt: string}} message */
  showReply({ author, excerpt }) {
    const name = element("strong", "", author.name);
    this.#show(...withNodes(gettext("Replying to %(name)s: %(excerpt)s"), { name, excerpt }));
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
