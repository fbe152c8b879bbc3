const STALL_MS = 30_000; // without any progress, a connection is taken for broken
const PASSING = [0, 404, 408, 409, 423, 500, 502, 503, 504]; // of an upload that has begun: its state is asked for

/** The connection broke, or the server is busy: the upload goes on where it stopped. */
export class UploadBroken extends Error {
  /** @param {?number} retryAfter  seconds */
  constructor(retryAfter = null) {
    super();
    this.retryAfter = retryAfter;
  }
}

/** The server does not take the file. */
export class UploadRefused extends Error {
  /** @param {number} status  @param {{code?: string, detail?: string}} error  @param {?number} retryAfter  seconds */
  constructor(status, { code = null, detail = "" }, retryAfter = null) {
    super(detail || String(status));
    Object.assign(this, { status, code, detail, retryAfter });
  }
}

/**
 * Sends a request whose progress can be followed, which `fetch` cannot.
 * @param {string} method
 * @param {string} url
 * @param {{headers?: Object<string, string>, body?: Blob, onProgress?: (bytes: number) => void, signal?: AbortSignal}} options
 * @returns {Promise<XMLHttpRequest>} answered with success
 * @throws {UploadBroken|UploadRefused}
 */
export function uploadRequest(method, url, { headers = {}, body = null, onProgress = () => {}, signal }) {
  const request = new XMLHttpRequest();
  request.open(method, url);
  Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
  const abort = () => request.abort();
  let timer = setTimeout(abort, STALL_MS);
  request.upload.addEventListener("progress", ({ loaded }) => {
    clearTimeout(timer);
    timer = setTimeout(abort, STALL_MS);
    onProgress(loaded);
  });
  signal?.addEventListener("abort", abort);
  const answered = new Promise((resolve, reject) => {
    request.addEventListener("loadend", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      isSuccess(request) ? resolve(request) : reject(failure(request, method));
    });
  });
  request.send(body);
  return answered;
}

const isSuccess = ({ status }) => status >= 200 && status < 300;

function failure(request, method) {
  const { status } = request;
  const retryAfter = Number(request.getResponseHeader("Retry-After")) || null;
  const isPassing = PASSING.includes(status) && !(status === 404 && method === "POST");
  return isPassing ? new UploadBroken(retryAfter) : new UploadRefused(status, errorOf(request), retryAfter);
}

function errorOf({ responseText }) {
  try {
    return JSON.parse(responseText).error ?? {};
  } catch {
    return {}; // a proxy answers
  }
}
