import { gettext } from "../lib/i18n.js";

const PATIENCE_MS = 1_000; // a connection that comes within it is not worth a word

const CLOSED = {
  4403: gettext("You are not allowed in this room."),
  4404: gettext("There is no such room."),
  4429: gettext("Too many connections from you."),
};
const OUTDATED = gettext("This page no longer fits the server.");

/** One line about the connection, while there is none. */
export class StatusView {
  #place = document.querySelector("[data-status]");
  #again;
  #timer = 0;
  #state = { name: "connecting" };

  /** @param {() => void} again  tries to connect now */
  constructor(again) {
    this.#again = again;
    addEventListener("online", () => this.#show());
    addEventListener("offline", () => this.#show());
  }

  /** @param {import("../net/socket.js").State} state */
  show(state) {
    const wasAway = this.#place.hasChildNodes();
    this.#state = state;
    this.#place.dataset.state = state.name;
    clearTimeout(this.#timer);
    if (state.name === "connecting" && !wasAway) {
      this.#timer = setTimeout(() => this.#show(), PATIENCE_MS);
    } else {
      this.#show();
    }
  }

  #show() {
    clearTimeout(this.#timer);
    const { name, until, code } = this.#state;
    if (name === "open") {
      this.#place.replaceChildren();
    } else if (name === "closed") {
      this.#say(CLOSED[code] ?? OUTDATED, gettext("Reload"), () => location.reload());
    } else if (!navigator.onLine) {
      this.#say(gettext("You are offline. What you write is sent when you are back."));
    } else if (name === "connecting") {
      this.#say(gettext("Connecting…"));
    } else {
      this.#say(gettext("The connection is lost. Trying again."), gettext("Try now"), this.#again);
      this.#countDown(until);
    }
  }

  /** For the eye only: a number that is read out each second is no help. */
  #countDown(until) {
    const seconds = document.createElement("span");
    seconds.ariaHidden = "true";
    this.#place.append(seconds);
    const tick = () => {
      const left = Math.max(1, Math.round((until - Date.now()) / 1_000));
      seconds.textContent = gettext("%(count)s s", { count: left });
      this.#timer = setTimeout(tick, 1_000);
    };
    tick();
  }

  #say(text, label, action) {
    if (this.#place.firstChild?.textContent === text) {
      return; // nothing to announce, and nothing to take from under a pointer
    }
    this.#place.replaceChildren(text);
    if (label) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", action);
      this.#place.append(button);
    }
  }
}
