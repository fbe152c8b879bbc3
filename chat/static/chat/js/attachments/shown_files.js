const NO_BYTES = URL.createObjectURL(new Blob()); // until they are found

/**
 * The files of a message that waits, as files/show_files.js shows them.
 * @param {import("../net/outbox_store.js").PendingMessage} message
 * @param {import("./local_files.js").LocalFiles} localFiles
 * @param {import("./upload_progress.js").UploadProgress} progress
 * @returns {import("../net/protocol.js").SentFile[]}
 */
export const shownFiles = ({ files = [], refusal }, localFiles, progress) =>
  files.map((file) => ({ ...file, url: localFiles.urlOf(file.key) ?? NO_BYTES, ...(!refusal && { progress: progress.of(file) }) }));

/** Shows how much of a file is uploaded, without showing its message again. @param {string} id  @param {number} fraction */
export function showFraction(id, fraction) {
  const bar = document.querySelector(`[data-file="${CSS.escape(id)}"] progress`);
  if (bar) {
    bar.value = fraction;
  }
}
