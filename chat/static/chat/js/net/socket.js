import { waitBefore } from "./backoff.js";
import { frames, SOFT_EVENTS } from "./protocol.js";

const ACK_CHANGES = 100;
const ACK_CHARACTERS = 80_000; // at most 3 bytes each: well before the 256 KiB the server waits for
const ANSWER_MS = 10_000; // a server that takes longer over a message is taken for gone
const IDLE_MS = 30_000; // without a word: a connection may have died
const SLEPT_MS = 180_000; // between two ticks: the machine slept (a hidden tab ticks once a minute)

/**
 * @typedef {import("./protocol.js").Message} Message
 *
 * @typedef {object} Listener  what a room socket tells
 * @property {(hello: object) => void} onWelcome  who the server takes me for, and which room this is
 * @property {(page: Message[]) => void} onRestart  too much was missed: start anew from this page
 * @property {(messages: Message[]) => void} onMessages
 * @property {(event: object) => void} onSoft  presence, typing, and what is new elsewhere
 * @property {(error: {code: string, detail: string, id: ?string}) => void} onError
 * @property {(state: State) => void} onState
 *
 * @typedef {{name: "connecting"|"open"} | {name: "waiting", until: number} | {name: "closed", code: number}} State
 */

/** A room's `chat.v1` socket. It comes back by itself, from where it stopped. */
export class RoomSocket {
  #url;
  #listener;
  #socket = null;
  #version;
  #target = 0; // where catching up ends
  #attempt = 0;
  #retry = 0;
  #answer = 0;
  #changes = 0;
  #characters = 0;
  #heardAt = 0;
  #tickedAt = Date.now();

  /**
   * @param {string} url
   * @param {number} version  the cursor: everything up to it is known
   * @param {Listener} listener
   */
  constructor(url, version, listener) {
    this.#url = url;
    this.#version = version;
    this.#listener = listener;
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.restart());
    addEventListener("pageshow", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    setInterval(() => this.#keepAlive(), IDLE_MS);
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  connect() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#heardAt = Date.now();
    this.#listener.onState({ name: "connecting" });
    const socket = new WebSocket(`${this.#url}?after=${this.#version}`, "chat.v1");
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = ({ code }) => socket === this.#socket && this.#lost(code);
  }

  /** Try again now, if there is something to try. */
  hurry() {
    if (this.#retry) {
      this.connect();
    }
  }

  /** Give up this connection, which may be dead without knowing, and open another. */
  restart() {
    const socket = this.#socket;
    if (socket) {
      this.#lost(1006);
      socket.close();
    }
  }

  /** Sends what is answered. @param {object} frame  @returns {boolean} whether it was sent */
  send(frame) {
    const isSent = this.whisper(frame);
    if (isSent) {
      this.#answer ||= setTimeout(() => this.restart(), ANSWER_MS);
    }
    return isSent;
  }

  /** Sends what needs no answer. @param {object} frame  @returns {boolean} whether it was sent */
  whisper(frame) {
    if (this.isOpen) {
      this.#socket.send(JSON.stringify(frame));
    }
    return this.isOpen;
  }

  /** Somebody looks again: after a long silence, make sure that there is a connection. */
  #wake() {
    if (this.isOpen && Date.now() - this.#heardAt > IDLE_MS) {
      this.restart();
    }
    this.hurry();
  }

  /** Writing to a connection is how a dead one is found out, in the end; a repeated ack is harmless. */
  #keepAlive() {
    const slept = Date.now() - this.#tickedAt > SLEPT_MS;
    this.#tickedAt = Date.now();
    if (slept) {
      this.restart();
      this.hurry();
    } else if (this.isOpen) {
      this.#socket.send(JSON.stringify(frames.ack(this.#version)));
    }
  }

  #lost(code) {
    clearTimeout(this.#answer);
    this.#answer = 0;
    this.#socket = null;
    if (code >= 4400 && code < 4500) {
      this.#listener.onState({ name: "closed", code });
      return;
    }
    const wait = waitBefore(this.#attempt++);
    this.#retry = setTimeout(() => this.connect(), wait);
    this.#listener.onState({ name: "waiting", until: Date.now() + wait });
  }

  #receive(data) {
    clearTimeout(this.#answer);
    this.#answer = 0;
    this.#heardAt = Date.now();
    const events = JSON.parse(data);
    const hello = events.find(({ type }) => type === "hello");
    if (hello) {
      this.#listener.onWelcome(hello);
    }
    const messages = events.filter(({ type }) => type === "message");
    if (hello && !hello.resumed) {
      this.#listener.onRestart(messages);
      this.#version = hello.version;
    } else if (messages.length) {
      this.#listener.onMessages(messages);
      this.#version = Math.max(this.#version, ...messages.map(({ version }) => version));
    }
    if (hello) {
      this.#welcomed(hello);
    }
    this.#acknowledge(messages.length, data.length);
    events.filter(({ type }) => type === "error").forEach((error) => this.#listener.onError(error));
    events.filter(({ type }) => SOFT_EVENTS.includes(type)).forEach((event) => this.#listener.onSoft(event));
  }

  #welcomed(hello) {
    this.#attempt = 0;
    this.#target = hello.version;
    this.#listener.onState({ name: "open" });
  }

  #acknowledge(changes, characters) {
    this.#changes += changes;
    this.#characters += characters;
    const caughtUp = this.#target && this.#version >= this.#target;
    if (this.#changes && (caughtUp || this.#changes >= ACK_CHANGES || this.#characters >= ACK_CHARACTERS)) {
      this.#socket.send(JSON.stringify(frames.ack(this.#version)));
      this.#changes = this.#characters = 0;
    }
    if (caughtUp) {
      this.#target = 0;
    }
  }
}
