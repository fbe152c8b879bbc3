import { gettext } from "../lib/i18n.js";

const CODES = { 413: "too_large", 415: "unsupported", 422: "unusable", 429: "too_fast", 507: "no_space" };

/**
 * Why a file was not taken, as an error of the room says it.
 * @param {import("../net/upload_request.js").UploadRefused} refused
 * @returns {{code: string, detail: string, retry_after?: number}}
 */
export function errorOfUpload({ status, code, detail, retryAfter }) {
  return {
    code: code ?? CODES[status] ?? "not_allowed",
    detail: detail || wordsFor(status),
    ...(status === 429 && { code: "too_fast", retry_after: retryAfter ?? undefined }),
  };
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
