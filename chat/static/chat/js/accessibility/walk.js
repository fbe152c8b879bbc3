const STOPS = "a[href], button, [tabindex]:not(pre)"; // a block of code scrolls: it is always to be reached

/**
 * The timeline is one stop of the Tab key, however much is in it. Arrows walk the messages, and from one of
 * them Tab goes on to its links, reactions and actions; Escape leads back to the field.
 */
export class Walk {
  #log = document.querySelector("#chat-log");
  #list = document.querySelector("[data-messages]");
  #view;
  #leave;
  #current = null; // the message that has the focus, or holds what has it

  /**
   * @param {import("../timeline/timeline_view.js").TimelineView} view
   * @param {() => void} leave
   */
  constructor(view, leave) {
    this.#view = view;
    this.#leave = leave;
    this.#log.addEventListener("focusin", ({ target }) => this.#stand(target.closest(".message")));
    this.#log.addEventListener("focusout", ({ relatedTarget }) => this.#left(relatedTarget));
    this.#log.addEventListener("keydown", (event) => this.#pressed(event));
    const options = { childList: true, subtree: true };
    new MutationObserver((records) => this.#changed(records)).observe(this.#list, options);
  }

  #stand(message) {
    const last = this.#current;
    this.#current = message;
    last && last !== message && setStops(last, false);
    message && setStops(message, true);
    this.#log.tabIndex = message ? -1 : 0;
  }

  /** Not to another window: then the focus is there again on the way back. */
  #left(to) {
    if (to && !this.#log.contains(to)) {
      this.#stand(null);
    }
  }

  #changed(records) {
    const places = records.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const messages = new Set(places.map((place) => place.parentElement && closestMessage(place)));
    messages.delete(null);
    messages.forEach((message) => setStops(message, message === this.#current));
  }

  #pressed(event) {
    const keys = {
      ArrowUp: () => this.#step("previousElementSibling"),
      ArrowDown: () => this.#step("nextElementSibling"),
      Home: () => focus(this.#list.querySelector(".message")),
      End: () => this.#goToEnd(),
    };
    const isHere = event.target.matches(".message") || (event.target === this.#log && event.key.startsWith("Arrow"));
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.defaultPrevented;
    if (isPlain && event.key === "Escape") {
      event.preventDefault();
      this.#leave();
    } else if (isPlain && isHere && Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  /** From a message to its neighbour; from the log, and from one that was scrolled away, to the last in view. */
  #step(direction) {
    const isInView = this.#current && this.#isInView(this.#current);
    focus(isInView ? this.#current[direction] : this.#lastInView());
  }

  #goToEnd() {
    this.#view.goToEnd();
    focus([...this.#list.querySelectorAll(".message")].at(-1));
  }

  #lastInView() {
    return [...this.#list.querySelectorAll(".message")].findLast((message) => this.#isInView(message));
  }

  #isInView(message) {
    const { top, bottom } = this.#log.getBoundingClientRect();
    const box = message.getBoundingClientRect();
    return box.top < bottom && box.bottom > top;
  }
}

const closestMessage = (node) => (node instanceof Element ? node : node.parentElement).closest(".message");

/** Of a toolbar, Tab stops at the first; arrows walk it. */
function setStops(message, isCurrent) {
  message.tabIndex = isCurrent ? 0 : -1;
  for (const stop of message.querySelectorAll(STOPS)) {
    stop.tabIndex = isCurrent && !stop.matches("[role=toolbar] button:not(:first-of-type)") ? 0 : -1;
  }
}

const focus = (message) => message?.matches(".message") && message.focus();
