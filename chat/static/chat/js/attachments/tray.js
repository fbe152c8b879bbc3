import { ngettext } from "../lib/i18n.js";
import { newUuid } from "../lib/uuid.js";
import { folderRefusal, whyNotAttached } from "./file_bounds.js";
import { isPicture, pictureSize } from "./picture_size.js";

/**
 * @typedef {object} TrayFile  what the composer shows of a file: one to send, or one of the message that is edited
 * @property {string} id
 * @property {?string} key  of the bytes; null for a file that is sent
 * @property {string} name
 * @property {string} type
 * @property {number} size
 * @property {?number} width
 * @property {?number} height
 * @property {string} alt
 */

/** The files in the composer: of a new message, or of the one that is edited. */
export class Tray {
  #bounds;
  #localFiles;
  #view;
  #isGuest;
  #files = [];
  #aside = []; // of the new message, while another one is edited
  #edited = null;

  /**
   * @param {import("./file_bounds.js").FileBounds} bounds
   * @param {boolean} isGuest
   * @param {import("./local_files.js").LocalFiles} localFiles
   * @param {object} view
   * @param {(files: TrayFile[]) => void} view.show
   * @param {(why: string) => void} view.tell  that something cannot be attached
   * @param {(text: string) => void} view.announce
   * @param {() => void} view.measured  the size of a picture is known: its message may be sent already
   */
  constructor(bounds, isGuest, localFiles, view) {
    this.#bounds = bounds;
    this.#isGuest = isGuest;
    this.#localFiles = localFiles;
    this.#view = view;
  }

  get isEmpty() {
    return this.#files.length === 0;
  }

  /** Whether the message that is edited is sent: then files can be taken out, and none added. */
  get takesNone() {
    return Boolean(this.#edited?.seq);
  }

  /** Attaches files, and says which ones cannot be sent. @param {File[]} chosen */
  add(chosen) {
    const refusals = new Set();
    const before = this.#files.length;
    for (const file of chosen) {
      const why = whyNotAttached(file, this.#files.length, this.#bounds, this.#isGuest);
      why ? refusals.add(why) : this.#attach(file);
    }
    const count = this.#files.length - before;
    this.#view.show(this.#files);
    count && this.#view.announce(ngettext("%(count)s file attached", "%(count)s files attached", count));
    refusals.size && this.#view.tell([...refusals].join(" "));
  }

  /** The files of the new message. @returns {TrayFile[]} */
  get drafted() {
    return this.#edited ? this.#aside : this.#files;
  }

  /** Attaches again what was attached before a reload. @param {TrayFile[]} files */
  restore(files) {
    const all = [...files, ...this.drafted];
    this.#edited ? (this.#aside = all) : this.#show(all);
  }

  /** @param {TrayFile} file */
  remove(file) {
    this.#files = this.#files.filter((it) => it !== file);
    file.key && !this.#isOfEdited(file) && this.#localFiles.forget([file]);
    this.#view.show(this.#files);
  }

  /** Sets what a picture shows. @param {TrayFile} file  @param {string} alt */
  describe(file, alt) {
    file.alt = alt.trim();
  }

  /** The files of the message that is sent now. @returns {import("../net/outbox_store.js").PendingFile[]} */
  take() {
    const taken = this.#files; // not copies: a picture may not be measured yet
    this.#show([]);
    return taken;
  }

  /**
   * Shows the files of another message while it is edited, and those of the new one afterwards.
   * @param {?{seq?: number, pendingId?: string, files?: object[]}} edited
   */
  setEdited(edited) {
    if (!this.#edited) {
      this.#aside = this.#files;
    }
    this.#edited = edited;
    this.#show(edited ? (edited.files ?? []).map((file) => ({ key: null, alt: "", ...file })) : this.#aside);
  }

  /** Whether the files of the message that is edited are not as they were. */
  get isChanged() {
    const before = this.#edited?.files ?? [];
    return before.length !== this.#files.length || before.some((it, index) => (it.alt ?? "") !== this.#files[index].alt);
  }

  /** What is to become of the files of the message that is edited: all of a waiting one, or the changes of a sent one. */
  get edited() {
    if (this.#edited.pendingId) {
      return this.#files.map((file) => ({ ...file }));
    }
    const before = new Map((this.#edited.files ?? []).map((it) => [it.id, it.alt ?? ""]));
    const described = this.#files.filter(({ id, alt }) => before.get(id) !== alt);
    if (!before.size) {
      return undefined; // there is nothing to say
    }
    return { files: this.#files.map(({ id }) => id), alts: Object.fromEntries(described.map(({ id, alt }) => [id, alt])) };
  }

  #show(files) {
    this.#files = files;
    this.#view.show(files);
  }

  #isOfEdited = ({ key }) => Boolean(this.#edited?.files?.some((it) => it.key === key));

  #attach(blob) {
    const { name, size, type } = blob;
    const key = newUuid();
    const file = { id: newUuid(), key, name, type, size, width: null, height: null, alt: "", isUploaded: false };
    this.#localFiles.add(key, blob);
    this.#files = [...this.#files, file];
    this.#check(file, blob);
  }

  /** A folder cannot be read. */
  async #check(file, blob) {
    try {
      await blob.slice(0, 1).arrayBuffer();
    } catch {
      this.remove(file);
      this.#view.tell(folderRefusal(file.name));
      return;
    }
    if (isPicture(file)) {
      Object.assign(file, await pictureSize(this.#localFiles.urlOf(file.key)));
      this.#view.measured();
    }
  }
}
