import { element } from "./dom.js";

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
    this.#show("Replying to ", element("strong", "", author.name), `: ${excerpt}`);
  }

  showEdit() {
    this.#show("Editing a message");
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
