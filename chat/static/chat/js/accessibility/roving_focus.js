const TAB_STOPS = "a[href], button, [tabindex]:not(pre)"; // a code block scrolls, so it stays a tab stop

/**
 * Makes the timeline one tab stop ("roving tabindex"). Arrow keys move between messages; in a message, Tab moves
 * to its links, reactions and actions; Escape returns to the composer.
 */
export class RovingFocus {
  #log = document.querySelector("#chat-log");
  #list = document.querySelector("[data-messages]");
  #view;
  #scrollAnchor;
  #onLeave;
  #current = null; // the message that has the focus, or contains it

  /**
   * @param {import("../room_page/timeline_views.js").TimelineViews} timelineViews
   * @param {() => void} onLeave
   */
  constructor({ view, scrollAnchor }, onLeave) {
    this.#view = view;
    this.#scrollAnchor = scrollAnchor;
    this.#onLeave = onLeave;
    this.#log.addEventListener("focusin", ({ target }) => this.#setCurrent(target.closest(".message")));
    this.#log.addEventListener("focusout", ({ relatedTarget }) => this.#onFocusOut(relatedTarget));
    this.#log.addEventListener("keydown", (event) => this.#onKeyDown(event));
    const options = { childList: true, subtree: true };
    new MutationObserver((records) => this.#onMutation(records)).observe(this.#list, options);
  }

  #setCurrent(message) {
    const previous = this.#current;
    this.#current = message;
    previous && previous !== message && setTabStops(previous, false);
    message && setTabStops(message, true);
    this.#log.tabIndex = message ? -1 : 0;
  }

  /** There is no target when another window gets the focus: then the message stays the current one. */
  #onFocusOut(target) {
    if (target && !this.#log.contains(target)) {
      this.#setCurrent(null);
    }
  }

  #onMutation(records) {
    const nodes = records.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
    const messages = new Set(nodes.map((node) => node.parentElement && closestMessage(node)));
    messages.delete(null);
    messages.forEach((message) => setTabStops(message, message === this.#current));
  }

  #onKeyDown(event) {
    const keys = {
      ArrowUp: () => this.#step("previousElementSibling"),
      ArrowDown: () => this.#step("nextElementSibling"),
      Home: () => focus(this.#list.querySelector(".message")),
      End: () => this.#goToEnd(),
    };
    const { target, key } = event;
    const isOnMessage = target.matches(".message") || (target === this.#log && key.startsWith("Arrow"));
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.defaultPrevented;
    if (isPlain && key === "Escape") {
      event.preventDefault();
      this.#onLeave();
    } else if (isPlain && isOnMessage && Object.hasOwn(keys, key)) {
      event.preventDefault();
      keys[key]();
    }
  }

  /** From the current message to its neighbour; to the last visible one if the current is not in view. */
  #step(direction) {
    const isInView = this.#current && this.#scrollAnchor.isInView(this.#current);
    focus(isInView ? this.#current[direction] : this.#lastInView());
  }

  #goToEnd() {
    this.#view.goToEnd();
    focus([...this.#list.querySelectorAll(".message")].at(-1));
  }

  #lastInView() {
    return [...this.#list.querySelectorAll(".message")].findLast((message) => this.#scrollAnchor.isInView(message));
  }
}

const closestMessage = (node) => (node instanceof Element ? node : node.parentElement).closest(".message");

/** A toolbar is one tab stop, its first button: arrow keys move inside. */
function setTabStops(message, isCurrent) {
  message.tabIndex = isCurrent ? 0 : -1;
  for (const stop of message.querySelectorAll(TAB_STOPS)) {
    stop.tabIndex = isCurrent && !stop.matches("[role=toolbar] button:not(:first-of-type)") ? 0 : -1;
  }
}

const focus = (message) => message?.matches(".message") && message.focus();
