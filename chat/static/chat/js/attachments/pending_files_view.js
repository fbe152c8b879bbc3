import { fileSize } from "../lib/file_size.js";
import { gettext } from "../lib/i18n.js";
import { element } from "../ui/dom.js";
import { fileMark, previewOf } from "./file_preview.js";
import { isPicture } from "./picture_size.js";

/** Shows the files of a message that waits, and how much of each is uploaded. */
export class PendingFilesView {
  #localFiles;
  #progress;

  /**
   * @param {import("./local_files.js").LocalFiles} localFiles
   * @param {import("./upload_progress.js").UploadProgress} progress
   */
  constructor(localFiles, progress) {
    this.#localFiles = localFiles;
    this.#progress = progress;
    progress.listen((id, fraction) => showFraction(document.querySelector(`[data-upload="${CSS.escape(id)}"]`), fraction));
  }

  /** @param {HTMLElement} node  of the message  @param {import("../net/outbox_store.js").PendingMessage} message */
  show(node, { files = [], refusal }) {
    const shown = node.querySelector(".pending-files");
    const key = files.map(({ id, alt }) => `${id} ${alt}`).join();
    if (shown?.dataset.files !== key) {
      shown?.remove();
      files.length && node.querySelector(".message-text").after(this.#newList(files, key));
    }
    files.forEach((file) => showState(node.querySelector(`[data-upload="${CSS.escape(file.id)}"]`), this.#progress.of(file), refusal));
  }

  #newList(files, key) {
    const list = element("ul", "pending-files", ...files.map((file) => this.#newRow(file)));
    list.ariaLabel = gettext("Files");
    list.dataset.files = key;
    return list;
  }

  #newRow(file) {
    const bar = element("progress");
    bar.ariaLabel = gettext("Upload of %(name)s", { name: file.name });
    const row = element("li", "pending-file", fileMark(file), element("bdi", "pending-file-name", file.name), element("span", "pending-file-size", fileSize(file.size)), bar);
    row.dataset.upload = file.id;
    isPicture(file) && this.#showPicture(row, file);
    return row;
  }

  async #showPicture(row, file) {
    const url = await previewOf(file, this.#localFiles);
    if (url) {
      const image = element("img");
      image.alt = file.alt || file.name;
      [image.width, image.height] = [file.width ?? 0, file.height ?? 0];
      image.src = url;
      image.addEventListener("load", () => {
        row.classList.add("is-picture");
        row.querySelector(".file-mark").replaceWith(image);
      });
    }
  }
}

function showState(row, fraction, refusal) {
  row.querySelector("progress").hidden = Boolean(refusal);
  showFraction(row, fraction);
}

function showFraction(row, fraction) {
  const bar = row?.querySelector("progress");
  if (bar) {
    bar.value = fraction;
  }
}
