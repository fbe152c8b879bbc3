import { gettext } from "../lib/i18n.js";
import { element } from "../ui/dom.js";

/**
 * Takes files that are dropped anywhere on the page, and says so while some are dragged over it. A drag that begins in
 * the page is left alone: browsers put a file beside the address of a picture.
 */
export class DropTarget {
  #node = element("div", "drop-target", element("p", "", gettext("Drop files to attach them")));
  #onDrop;
  #isOwnDrag = false;

  /** @param {(files: File[]) => void} onDrop */
  constructor(onDrop) {
    this.#onDrop = onDrop;
    this.#node.hidden = true;
    document.querySelector("main").append(this.#node);
    addEventListener("dragstart", () => (this.#isOwnDrag = true));
    addEventListener("dragend", () => (this.#isOwnDrag = false));
    addEventListener("dragover", (event) => this.#hasFiles(event) && this.#over(event));
    addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || this.#hide()); // out of the window
    addEventListener("drop", (event) => this.#hasFiles(event) && this.#drop(event));
  }

  #hasFiles({ dataTransfer }) {
    return !this.#isOwnDrag && dataTransfer.types.includes("Files");
  }

  #over(event) {
    event.preventDefault();
    this.#node.hidden = false;
  }

  #drop(event) {
    event.preventDefault();
    this.#hide();
    this.#onDrop([...event.dataTransfer.files]);
  }

  #hide() {
    this.#node.hidden = true;
  }
}
