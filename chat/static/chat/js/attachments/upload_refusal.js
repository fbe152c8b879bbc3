import { gettext } from "../lib/i18n.js";

const PASSING = [401, 403, 404, 507]; // it may be taken later

/**
 * Why a file was not taken, as an error of the room says it.
 * @param {import("../net/upload_request.js").UploadRefused} refused
 * @returns {{code: string, detail: string, retry_after?: number}}
 */
export function errorOfUpload({ status, code, detail, retryAfter }) {
  return {
    code: codeOf(status) ?? code ?? "unusable",
    detail: detail || wordsFor(status),
    ...(retryAfter && { retry_after: retryAfter }),
  };
}

/** As net/outbox.js knows it. */
function codeOf(status) {
  return status === 429 ? "too_fast" : PASSING.includes(status) ? "not_stored" : null;
}

/** For who hears only a status: a proxy answers, or the page is old. */
function wordsFor(status) {
  const words = {
    401: gettext("Sign in to send files."),
    403: gettext("The server does not take files from this page. Reload it and try again."),
    404: gettext("The room is not there any more."),
    413: gettext("This file is too large."),
    415: gettext("Files of this kind are not taken."),
    507: gettext("The server has no space left for files."),
  };
  return words[status] ?? gettext("The server could not use this file.");
}

/** For a file whose bytes are no longer on this device. */
export const lostBytes = () => ({ code: "lost", detail: gettext("A file is no longer on this device. Edit the message and attach it again.") });
