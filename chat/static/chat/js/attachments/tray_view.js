import { fileKind } from "../files/file_kind.js";
import { fileName } from "../files/file_name.js";
import { fileSize } from "../files/file_size.js";
import { gettext } from "../lib/i18n.js";
import { button, element, icon } from "../ui/dom.js";
import { isPicture } from "./picture_size.js";

const CROSS = "M6 6l12 12M18 6 6 18";
const PREVIEW = "320.webp"; // beside the address of a sent picture
const ALT_MAX_CHARACTERS = 500;

/** The strip of files above the message field. */
export class TrayView {
  #form = document.querySelector("[data-composer]");
  #field = document.querySelector("#chat-message-input");
  #status = element("p", "visually-hidden");
  #list = element("ul", "tray");
  #rows = new Map(); // by file
  #localFiles;
  #onRemove;
  #onDescribe;

  /**
   * @param {import("./local_files.js").LocalFiles} localFiles
   * @param {{onRemove: (file: object) => void, onDescribe: (file: object, alt: string) => void}} listeners
   */
  constructor(localFiles, { onRemove, onDescribe }) {
    this.#localFiles = localFiles;
    this.#onRemove = onRemove;
    this.#onDescribe = onDescribe;
    this.#list.ariaLabel = gettext("Attached files");
    this.#list.hidden = true;
    this.#status.ariaLive = "polite";
    this.#field.before(this.#list, this.#status);
  }

  /** @param {import("./tray.js").TrayFile[]} files */
  show(files) {
    const rows = files.map((file) => this.#rows.get(file) ?? this.#newRow(file));
    this.#rows = new Map(files.map((file, index) => [file, rows[index]]));
    this.#list.replaceChildren(...rows);
    this.#list.hidden = !files.length;
    this.#form.classList.toggle("has-files", files.length > 0);
  }

  /** @param {string} text  to a screen reader */
  announce(text) {
    this.#status.textContent = text;
  }

  #newRow(file) {
    const words = element("span", "tray-words", fileName(file.name), element("span", "tray-size", fileSize(file.size)));
    const row = element("li", "tray-file", this.#newMark(file), words, this.#newRemoveButton(file));
    isPicture(file) && row.append(this.#newAltField(file));
    return row;
  }

  /** A preview of a picture, if there is one; else an icon. */
  #newMark(file) {
    const mark = element("span", "tray-mark", icon(fileKind(file.type).path));
    const url = file.key ? this.#localFiles.urlOf(file.key) : file.url.replace(/[^/]*$/, PREVIEW);
    if (isPicture(file) && url) {
      const image = Object.assign(element("img"), { alt: "", src: url });
      image.addEventListener("load", () => mark.replaceChildren(image));
    }
    return mark;
  }

  #newRemoveButton(file) {
    const remove = button(icon(CROSS), () => this.#remove(file), "icon-button");
    remove.ariaLabel = remove.title = gettext("Remove %(name)s", { name: file.name });
    return remove;
  }

  /** The focus goes on to the next file, or back to the field. */
  #remove(file) {
    const files = [...this.#rows.keys()];
    const index = files.indexOf(file);
    const next = this.#rows.get(files[index + 1] ?? files[index - 1]);
    this.#onRemove(file);
    this.announce(gettext("%(name)s removed", { name: file.name }));
    (next?.querySelector("button") ?? this.#field).focus();
  }

  #newAltField(file) {
    const field = element("input", "tray-alt");
    field.placeholder = gettext("What does it show?");
    field.ariaLabel = gettext("What does %(name)s show? For people who cannot see it", { name: file.name });
    field.maxLength = ALT_MAX_CHARACTERS;
    field.autocomplete = "off";
    field.value = file.alt;
    field.addEventListener("input", () => this.#onDescribe(file, field.value));
    return field;
  }
}
