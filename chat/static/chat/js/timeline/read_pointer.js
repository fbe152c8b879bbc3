const SEND_INTERVAL_MS = 2_000; // at least, between two frames

/** How far I have read. It only moves forward; the server stores it for all tabs and devices. */
export class ReadPointer {
  #seq;
  #sentSeq;
  #send;
  #timer = 0;

  /**
   * @param {number} seq
   * @param {(seq: number) => boolean} send  false without a connection
   */
  constructor(seq, send) {
    this.#seq = this.#sentSeq = seq;
    this.#send = send;
    document.addEventListener("visibilitychange", () => document.hidden && this.#sendNow());
    addEventListener("pagehide", () => this.#sendNow());
  }

  get seq() {
    return this.#seq;
  }

  /** I have seen all messages up to this one. @param {number} seq */
  advance(seq) {
    this.#seq = Math.max(this.#seq, seq);
    if (this.#seq > this.#sentSeq) {
      this.#sendSoon();
    }
  }

  /** I have read up to this one in another tab or on another device. @param {number} seq */
  applyRemote(seq) {
    this.#seq = Math.max(this.#seq, seq);
    this.#sentSeq = Math.max(this.#sentSeq, seq);
  }

  /** After a reconnect: the last connection may have lost it. */
  resend() {
    this.#sendSoon();
  }

  #sendSoon() {
    this.#timer ||= setTimeout(() => this.#sendNow(), SEND_INTERVAL_MS);
  }

  #sendNow() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#seq && this.#send(this.#seq)) {
      this.#sentSeq = this.#seq;
    }
  }
}
