import { backoffDelay } from "./backoff.js";
import { frames, SOFT_EVENTS } from "./protocol.js";

const ACK_CHANGES = 100;
const ACK_CHARACTERS = 80_000; // at most 3 bytes each: below the 256 KiB at which the server waits for an ack
const ANSWER_TIMEOUT_MS = 10_000; // a server that takes longer to answer a frame is taken for dead
const IDLE_MS = 30_000; // after such a silence a connection may be dead
const SLEPT_MS = 180_000; // between two ticks: the machine slept (a hidden tab ticks once a minute)

/**
 * @typedef {import("./protocol.js").Message} Message
 *
 * @typedef {object} Listener
 * @property {(hello: object) => void} onHello  who I am to the server, and which room this is
 * @property {(page: Message[]) => void} onReset  too much was missed: start over from this page
 * @property {(messages: Message[]) => void} onMessages
 * @property {(event: object) => void} onSoftEvent  presence, typing, and news of other rooms
 * @property {(error: {code: string, detail: string, id: ?string}) => void} onError
 * @property {(state: State) => void} onState
 *
 * @typedef {{name: "connecting"|"open"} | {name: "waiting", until: number, wasOpen: boolean}
 *   | {name: "closed", code: number}} State
 */

/** A room's `chat.v1` WebSocket. It reconnects, and resumes where it stopped. */
export class RoomSocket {
  #url;
  #listener;
  #socket = null;
  #version;
  #catchUpVersion = 0; // where catching up after a connect ends
  #attempt = 0;
  #wasOpen = false; // in this page
  #retryTimer = 0;
  #answerTimer = 0;
  #unackedChanges = 0;
  #unackedCharacters = 0;
  #lastReceivedAt = 0;
  #lastTickAt = Date.now();

  /**
   * @param {string} url
   * @param {number} version  the cursor: all changes up to it are known
   */
  constructor(url, version) {
    this.#url = url;
    this.#version = version;
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

  /** Does not wait for the next attempt, if one is due. */
  connectNow() {
    if (this.#retryTimer) {
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
    const socket = new WebSocket(`${this.#url}?after=${this.#version}`, "chat.v1");
    this.#socket = socket;
    socket.onopen = () => (this.#wasOpen = true);
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

  /** Somebody looks at the page again. */
  #onWake() {
    if (this.isOpen && Date.now() - this.#lastReceivedAt > IDLE_MS) {
      this.#reconnect();
    }
    this.connectNow();
  }

  /** Writing to a dead connection ends it; repeating an ack changes nothing. */
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

  #onClose(code) {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = 0;
    this.#socket = null;
    if (code >= 4400 && code < 4500) {
      this.#listener.onState({ name: "closed", code });
      return;
    }
    const wait = backoffDelay(this.#attempt++);
    this.#retryTimer = setTimeout(() => this.#connect(), wait);
    this.#listener.onState({ name: "waiting", until: Date.now() + wait, wasOpen: this.#wasOpen });
  }

  #onFrame(data) {
    clearTimeout(this.#answerTimer);
    this.#answerTimer = 0;
    this.#lastReceivedAt = Date.now();
    const events = JSON.parse(data);
    const hello = events.find(({ type }) => type === "hello");
    if (hello) {
      this.#listener.onHello(hello);
    }
    const messages = events.filter(({ type }) => type === "message");
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
    events.filter(({ type }) => type === "error").forEach((error) => this.#listener.onError(error));
    events.filter(({ type }) => SOFT_EVENTS.includes(type)).forEach((event) => this.#listener.onSoftEvent(event));
  }

  #onOpen(hello) {
    this.#attempt = 0;
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
