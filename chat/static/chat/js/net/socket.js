import { indexPath } from "../lib/addresses.js";
import { backoffDelay, jittered } from "./backoff.js";
import { frames, SOFT_EVENTS } from "./protocol.js";

const ACK_CHANGES = 100;
// At most 3 bytes each: below the 256 KiB at which the server waits for an ack.
const ACK_CHARACTERS = 80_000;
// A connection on which an answer takes longer counts as dead.
const ANSWER_TIMEOUT_MS = 10_000;
// After such a silence a connection may be dead.
const IDLE_MS = 30_000;
// The only 44xx code after which a client comes back by itself, again and again.
const TOO_MANY = 4429;
const TOO_MANY_MS = 30_000; // unless the server says when
const SIGN_IN_FIRST = 4401;
const NO_SUCH_ROOM = 4404;
const SIGNED_IN_MS = 2_000; // a browser that changes its password has its new session by then
// Between two ticks: the machine slept (a hidden tab ticks once a minute).
const SLEPT_MS = 180_000;

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Change} Change
 *
 * @typedef {object} Listener
 * @property {(hello: object) => boolean} isMine  whether the server takes me for somebody whose page this may be
 * @property {(hello: object) => void} onHello  who I am to the server, and which room this is
 * @property {(page: Message[]) => void} onReset  too much was missed: start over from this page
 * @property {(events: (Message|Change)[]) => void} onMessages  in version order
 * @property {(reacted: {seq: number, emoji: string, on: boolean, id?: string}) => void} onReacted
 * @property {(event: object) => void} onSoftEvent  presence, typing, read pointers and the sidebar
 * @property {(error: {code: string, detail: string, id: ?string}) => void} onError
 * @property {(state: State) => void} onState
 *
 * @typedef {{name: "connecting"|"open"} | {name: "waiting", until: number, code: number} | {name: "closed", code: number}} State
 */

/** A room's `chat.v1` WebSocket. It reconnects, and resumes where it stopped. */
export class RoomSocket {
  #url;
  #listener;
  #socket = null;
  #version;
  #epoch;
  #catchUpVersion = 0; // where catching up after a connect ends
  #attempt = 0;
  #retryTimer = 0;
  #wasAdmitted = false; // since the server last asked to sign in first
  #retryAfterMs = TOO_MANY_MS;
  #notBefore = 0;
  #answerTimer = 0;
  #unackedChanges = 0;
  #unackedCharacters = 0;
  #lastReceivedAt = 0;
  #lastTickAt = Date.now();

  /**
   * @param {string} url
   * @param {{version: number, epoch?: string}} cursor  all changes up to this version of the epoch are known
   */
  constructor(url, { version, epoch }) {
    this.#url = url;
    this.#version = version;
    this.#epoch = epoch;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, and from then on stays connected. @param {Listener} listener */
  start(listener) {
    this.#listener = listener;
    addEventListener("online", () => this.connectNow());
    addEventListener("offline", () => this.#reconnect());
    addEventListener("pageshow", () => this.#onWake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#onWake());
    setInterval(() => this.#tick(), IDLE_MS);
    this.#connect();
  }

  /** Connects now if an attempt is scheduled, but not before the server said to come back. */
  connectNow() {
    if (this.#retryTimer && Date.now() >= this.#notBefore) {
      this.#connect();
    }
  }

  /** Connects anew: the browser has signed in meanwhile. */
  restart() {
    if (Date.now() >= this.#notBefore) {
      const socket = this.#socket;
      this.#stop();
      socket?.close();
      this.#connect();
    }
  }

  /** Sends a frame that the server answers. @param {object} frame  @returns {boolean} whether it was sent */
  send(frame) {
    const isSent = this.sendBestEffort(frame);
    if (isSent) {
      this.#answerTimer ||= setTimeout(() => this.#reconnect(), ANSWER_TIMEOUT_MS);
    }
    return isSent;
  }

  /** Sends a frame that may be lost. @param {object} frame  @returns {boolean} whether it was sent */
  sendBestEffort(frame) {
    if (this.isOpen) {
      this.#socket.send(JSON.stringify(frame));
    }
    return this.isOpen;
  }

  #connect() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = 0;
    this.#lastReceivedAt = Date.now();
    this.#listener.onState({ name: "connecting" });
    const socket = new WebSocket(`${this.#url}?after=${this.#version}&changes=1&epoch=${this.#epoch ?? ""}`, "chat.v1");
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#onFrame(data);
    socket.onclose = ({ code }) => socket === this.#socket && this.#onClose(code);
  }

  /** Gives up a connection that may be dead. */
  #reconnect() {
    const socket = this.#socket;
    if (socket) {
      this.#onClose(1006);
      socket.close();
    }
  }

  /** The page is visible again. */
  #onWake() {
    if (this.isOpen && Date.now() - this.#lastReceivedAt > IDLE_MS) {
      this.#reconnect();
    }
    this.connectNow();
  }

  /** Repeats the last ack: writing to a dead connection closes it. */
  #tick() {
    const slept = Date.now() - this.#lastTickAt > SLEPT_MS;
    this.#lastTickAt = Date.now();
    if (slept) {
      this.#reconnect();
      this.connectNow();
    } else if (this.isOpen) {
      this.#socket.send(JSON.stringify(frames.ack(this.#version)));
    }
  }

  /** Forgets the connection. */
  #stop() {
    clearTimeout(this.#answerTimer);
    clearTimeout(this.#retryTimer);
    this.#answerTimer = this.#retryTimer = 0;
    this.#socket = null;
  }

  #onClose(code) {
    this.#stop();
    const mayReturn = code === SIGN_IN_FIRST && this.#wasAdmitted;
    this.#wasAdmitted &&= !mayReturn;
    if (code >= 4400 && code < 4500 && code !== TOO_MANY && !mayReturn) {
      this.#notBefore = code === NO_SUCH_ROOM ? Infinity : 0; // a new visit would open another of the name
      this.#listener.onState({ name: "closed", code });
      return;
    }
    const wait = mayReturn ? SIGNED_IN_MS : code === TOO_MANY ? jittered(this.#retryAfterMs) : backoffDelay(this.#attempt++);
    const until = Date.now() + wait;
    this.#notBefore = code === TOO_MANY ? until : 0;
    this.#retryTimer = setTimeout(() => this.#connect(), wait);
    this.#listener.onState({ name: "waiting", until, code });
  }

  #onFrame(data) {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = 0;
    this.#lastReceivedAt = Date.now();
    const events = JSON.parse(data);
    const hello = events.find(({ type }) => type === "hello");
    if (hello && !this.#listener.isMine(hello)) {
      this.#socket.close();
      this.#onClose(SIGN_IN_FIRST);
      return;
    }
    if (hello) {
      this.#epoch = hello.epoch;
      this.#listener.onHello(hello);
    }
    const messages = events.filter(({ type }) => type === "message" || type === "change");
    if (hello && !hello.resumed) {
      this.#listener.onReset(messages);
      this.#version = hello.version;
    } else if (messages.length) {
      this.#listener.onMessages(messages);
      this.#version = Math.max(this.#version, ...messages.map(({ version }) => version));
    }
    if (hello) {
      this.#onOpen(hello);
    }
    this.#acknowledge(messages.length, data.length);
    events.filter(({ type }) => type === "reacted").forEach((reacted) => this.#listener.onReacted(reacted));
    events.filter(({ type }) => type === "error").forEach((error) => this.#onError(error));
    events.filter(({ type }) => SOFT_EVENTS.includes(type)).forEach((event) => this.#listener.onSoftEvent(event));
  }

  /** An error about no frame of ours comes before the server closes, because there is too much. */
  #onError(error) {
    if (error.code === "too_fast" && !error.id) {
      this.#retryAfterMs = error.retry_after * 1_000;
    } else {
      this.#listener.onError(error);
    }
  }

  #onOpen(hello) {
    this.#attempt = 0;
    this.#wasAdmitted = true;
    this.#retryAfterMs = TOO_MANY_MS;
    this.#catchUpVersion = hello.version;
    this.#listener.onState({ name: "open" });
  }

  #acknowledge(changes, characters) {
    this.#unackedChanges += changes;
    this.#unackedCharacters += characters;
    const isCaughtUp = this.#catchUpVersion && this.#version >= this.#catchUpVersion;
    const isDue = isCaughtUp || this.#unackedChanges >= ACK_CHANGES || this.#unackedCharacters >= ACK_CHARACTERS;
    if (this.#unackedChanges && isDue) {
      this.#socket.send(JSON.stringify(frames.ack(this.#version)));
      this.#unackedChanges = this.#unackedCharacters = 0;
    }
    if (isCaughtUp) {
      this.#catchUpVersion = 0;
    }
  }
}

/** @param {string} address  of the room */
export function roomSocketUrl(address) {
  const url = new URL(`${indexPath}ws/chat/${encodeURIComponent(address)}/`, location);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}
