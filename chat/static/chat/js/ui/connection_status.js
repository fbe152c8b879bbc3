import { indexPath } from "../lib/addresses.js";
import { gettext } from "../lib/i18n.js";
import { button, element } from "./dom.js";

// A connection that opens sooner shows nothing.
const CONNECTING_DELAY_MS = 1_000;
// Or a connection that broke.
const HANDSHAKE_FAILED = 1006;

const CLOSED = {
  4403: gettext("You no longer have access."),
  4404: gettext("There is no such room."),
};
const LOST = gettext("Connection lost. Reconnecting…");
const NEVER_OPEN = gettext("Not connected yet. A proxy or firewall may be blocking WebSockets.");

/** The bar that shows why there is no connection. */
export class ConnectionStatus {
  #bar = document.querySelector("[data-status]");
  #onRetry;
  #timer = 0;
  #wasOpen = false;
  #state = { name: "connecting" };

  /** @param {() => void} onRetry  tries to connect now */
  constructor(onRetry) {
    this.#onRetry = onRetry;
    addEventListener("online", () => this.#update());
    addEventListener("offline", () => this.#update());
  }

  /** @param {import("../net/socket.js").State} state */
  show(state) {
    const wasDisconnected = this.#bar.hasChildNodes();
    this.#state = state;
    this.#wasOpen ||= state.name === "open";
    this.#bar.dataset.state = state.name;
    clearTimeout(this.#timer);
    if (state.name === "connecting" && !wasDisconnected) {
      this.#timer = setTimeout(() => this.#update(), CONNECTING_DELAY_MS);
    } else {
      this.#update();
    }
  }

  #update() {
    clearTimeout(this.#timer);
    const { name, until, code } = this.#state;
    if (name === "open") {
      this.#bar.replaceChildren();
    } else if (code === 4401) {
      this.#showText(gettext("Sign in to continue."), gettext("Sign in"), signIn);
    } else if (name === "closed") {
      this.#showText(CLOSED[code] ?? gettext("This page is outdated."), gettext("Reload"), () => location.reload());
    } else if (!navigator.onLine) {
      this.#showText(gettext("You are offline. Your messages are sent when you are back online."));
    } else if (name === "connecting") {
      this.#showText(gettext("Connecting…"));
    } else if (code === 4429) {
      this.#showText(gettext("Too many connections from you or your network. Reconnecting…"));
      this.#countDown(until);
    } else {
      this.#showText(this.#wasOpen || code !== HANDSHAKE_FAILED ? LOST : NEVER_OPEN, gettext("Try now"), this.#onRetry);
      this.#countDown(until);
    }
  }

  /** Hidden from screen readers, which would read each second. */
  #countDown(until) {
    const seconds = element("span");
    seconds.ariaHidden = "true";
    this.#bar.append(seconds);
    const tick = () => {
      const left = Math.max(1, Math.round((until - Date.now()) / 1_000));
      seconds.textContent = gettext("%(count)s s", { count: left });
      this.#timer = setTimeout(tick, 1_000);
    };
    tick();
  }

  #showText(text, label, onClick) {
    if (this.#bar.firstChild?.textContent === text) {
      return; // a new text would be announced again, and replace the button under the pointer
    }
    this.#bar.replaceChildren(text);
    if (label) {
      this.#bar.append(button(label, onClick));
    }
  }
}

/** Leads back here: at once, if this browser is signed in again. */
const signIn = () => (location.href = `${indexPath}accounts/login/?next=${location.pathname}`);
