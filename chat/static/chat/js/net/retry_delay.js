const TEMPORARY_ERRORS = new Set(["busy", "unavailable", "too_fast"]); // the server will accept the frame later
const RETRY_MS = 2_000;

/**
 * How long to wait before a refused frame is sent again; null if the server will not accept it.
 * @param {{code: string, retry_after?: number}} error
 * @returns {?number} milliseconds
 */
export const retryDelay = ({ code, retry_after: seconds }) =>
  TEMPORARY_ERRORS.has(code) ? (seconds * 1_000 || RETRY_MS) : null;
