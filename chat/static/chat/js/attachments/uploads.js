import { backoffDelay } from "../net/backoff.js";
import { Upload } from "../net/upload.js";
import { UploadRefused } from "../net/upload_request.js";
import { errorOfUpload, lostBytes } from "./upload_refusal.js";

/** @typedef {import("../net/outbox_store.js").PendingMessage} PendingMessage */
/** @typedef {import("../net/outbox_store.js").PendingFile} PendingFile */

/**
 * Uploads the files of messages that wait, one after the other. Of several tabs one does so: it holds a Web Lock of the
 * message. Without Web Locks (plain http) the server takes each byte from one of them.
 */
export class Uploads {
  #outbox;
  #localFiles;
  #newUpload;
  #onProgress;
  #running = new Map(); // by message id

  /**
   * @param {import("../net/outbox.js").Outbox} outbox
   * @param {import("./local_files.js").LocalFiles} localFiles
   * @param {(file: {id: string, name: string, blob: Blob}) => Upload} newUpload
   * @param {(file: PendingFile, bytes: number) => void} onProgress
   */
  constructor(outbox, localFiles, newUpload, onProgress) {
    this.#outbox = outbox;
    this.#localFiles = localFiles;
    this.#newUpload = newUpload;
    this.#onProgress = onProgress;
  }

  /** Uploads the files of a message. If it is waiting to try again, it does so now. @param {PendingMessage} message */
  start({ id }) {
    const running = this.#running.get(id);
    running ? running.wake() : this.#run(id);
  }

  /** Removes the bytes of a message that is sent, or is not to be. @param {PendingMessage} message */
  forget({ files = [] }) {
    this.#localFiles.forget(files);
  }

  /** Stops, and has the server forget what it has. @param {PendingMessage} message */
  discard(message) {
    this.forget(message);
    const running = this.#running.get(message.id);
    running?.abort.abort();
    if (message.refusal || !message.attempted) {
      const current = running && message.files.find(({ isUploaded }) => !isUploaded);
      const begun = message.files.filter((file) => file.isUploaded || file === current);
      begun.forEach((file) => this.#newUpload({ ...file, blob: null }).discard());
    }
  }

  async #run(id) {
    const run = { abort: new AbortController(), wake: () => {} };
    this.#running.set(id, run);
    try {
      await exclusively(`lobby upload ${id}`, () => this.#uploadAll(id, run));
    } finally {
      this.#running.delete(id);
    }
  }

  async #uploadAll(id, run) {
    for (let file = this.#next(id); file && !run.abort.signal.aborted; file = this.#next(id)) {
      const error = await this.#upload(id, file, run);
      if (error) {
        this.#outbox.handleError({ id, ...error });
        return;
      }
    }
  }

  /** The file of a message that is to be uploaded next; null if the message was taken back, or refused. */
  #next(id) {
    const message = this.#outbox.messages.find((it) => it.id === id);
    return (!message?.refusal && message?.files?.find(({ isUploaded }) => !isUploaded)) || null;
  }

  /** @returns {Promise<?object>} why the server does not take it */
  async #upload(id, file, run) {
    const blob = await readable(await this.#localFiles.get(file.key));
    if (!blob) {
      return lostBytes();
    }
    const upload = this.#newUpload({ ...file, blob });
    const onProgress = (bytes) => {
      this.#next(id)?.id === file.id ? this.#onProgress(file, bytes) : run.abort.abort(); // another tab took it back
    };
    for (let attempt = 0; !run.abort.signal.aborted; attempt += 1) {
      try {
        await upload.run(run.abort.signal, onProgress);
        this.#markUploaded(id, file);
        return null;
      } catch (error) {
        if (error instanceof UploadRefused) {
          return errorOfUpload(error);
        }
        await this.#pause(error.retryAfter * 1_000 || backoffDelay(attempt), run);
      }
    }
    return null;
  }

  #markUploaded(id, file) {
    const { files } = this.#outbox.messages.find((it) => it.id === id) ?? {};
    files && this.#outbox.setFiles(id, files.map((it) => (it.id === file.id ? { ...it, isUploaded: true } : it)));
  }

  /** Waits, until there is a new connection at most. */
  #pause(ms, run) {
    return new Promise((resolve) => {
      run.wake = resolve;
      run.abort.signal.addEventListener("abort", resolve);
      setTimeout(resolve, ms);
    });
  }
}

const exclusively = (name, action) => (navigator.locks ? navigator.locks.request(name, action) : action());

/** Null for bytes that cannot be read: a folder, or a file that was changed since. */
async function readable(blob) {
  try {
    await blob.slice(0, 1).arrayBuffer();
    return blob;
  } catch {
    return null;
  }
}
