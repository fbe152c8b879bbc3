const SEND_MS = 2_000; // between two words to the server, at least

/** How far I have read; it only moves forward, and follows me over tabs and devices. */
export class Reading {
  #seq;
  #sent;
  #send;
  #timer = 0;

  /**
   * @param {number} seq  where I left off
   * @param {(seq: number) => boolean} send  whether there is a connection it was sent over
   */
  constructor(seq, send) {
    this.#seq = this.#sent = seq;
    this.#send = send;
    document.addEventListener("visibilitychange", () => document.hidden && this.#tell());
    addEventListener("pagehide", () => this.#tell());
  }

  get seq() {
    return this.#seq;
  }

  /** I have seen everything up to `seq`. */
  seen(seq) {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#seq > this.#sent) {
      this.#timer ||= setTimeout(() => this.#tell(), SEND_MS);
    }
  }

  /** I have, on another device. */
  follow(seq) {
    this.#seq = Math.max(this.#seq, seq);
    this.#sent = Math.max(this.#sent, seq);
  }

  /** There is a new connection: what was said over the last may be lost. */
  resend() {
    this.#timer ||= setTimeout(() => this.#tell(), SEND_MS);
  }

  #tell() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#seq && this.#send(this.#seq)) {
      this.#sent = this.#seq;
    }
  }
}
