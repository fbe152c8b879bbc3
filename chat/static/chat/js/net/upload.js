import { UploadBroken, uploadRequest } from "./upload_request.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const PIECE_BYTES = 5 * 1024 * 1024; // of a request: proxies bound its size and its time

/** The upload of one file, which goes on where it stopped (tus 1.0, https://tus.io/protocols/resumable-upload). */
export class Upload {
  #url;
  #token;
  #file;
  #location = null; // of the upload, once it has begun

  /**
   * @param {string} url  where uploads begin
   * @param {string} token  against forged requests
   * @param {{id: string, name: string, blob: Blob}} file
   */
  constructor(url, token, file) {
    this.#url = url;
    this.#token = token;
    this.#file = file;
  }

  /**
   * Sends what is missing. To be called again when it broke.
   * @param {AbortSignal} signal
   * @param {(bytes: number) => void} onProgress  of the file
   * @throws {UploadBroken|import("./upload_request.js").UploadRefused}
   */
  async run(signal, onProgress) {
    const { size } = this.#file.blob;
    let offset = this.#location ? await this.#findOffset(signal) : await this.#begin(signal);
    do {
      onProgress(offset);
      offset = await this.#sendPiece(offset, signal, onProgress);
    } while (offset < size);
  }

  /** The server shall forget what it has. */
  discard() {
    this.#request("DELETE", `${this.#url}/${this.#file.id}`, {}).catch(() => {}); // it does so after a day
  }

  /** One that a page before this has begun goes on. */
  async #begin(signal) {
    const { id, name, blob } = this.#file;
    const headers = { "Upload-Length": String(blob.size), "Upload-Metadata": `id ${base64(id)},filename ${base64(name)}` };
    const answer = await this.#request("POST", this.#url, { headers, signal });
    const location = answer.getResponseHeader("Location");
    this.#location = location ? new URL(location, answer.responseURL).href : `${this.#url}/${id}`;
    return offsetOf(answer) ?? 0;
  }

  async #findOffset(signal) {
    try {
      return offsetOf(await this.#request("HEAD", this.#location, { signal }));
    } catch (error) {
      this.#location = null; // begins again if the server has forgotten it
      throw error;
    }
  }

  async #sendPiece(offset, signal, onProgress) {
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const body = this.#file.blob.slice(offset, offset + PIECE_BYTES);
    const answer = await this.#request("PATCH", this.#location, {
      headers,
      body,
      signal,
      onProgress: (bytes) => onProgress(offset + Math.min(bytes, body.size)),
    });
    const next = offsetOf(answer) ?? offset + body.size;
    if (body.size && next <= offset) {
      throw new UploadBroken(); // nothing was stored
    }
    return next;
  }

  #request(method, url, { headers, ...options }) {
    return uploadRequest(method, url, { headers: { ...TUS, "X-CSRFToken": this.#token, ...headers }, ...options });
  }
}

function offsetOf(answer) {
  const offset = answer.getResponseHeader("Upload-Offset");
  return offset === null ? null : Number(offset);
}

/** Of a text as UTF-8. */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
