import { openBeside, walkMenu, walkWithArrows } from "../ui/popover.js";

/** @typedef {import("../net/protocol.js").Message} Message */

/**
 * What can be done with a message: a bar on the one under the pointer or in focus, and a menu.
 *
 * There is one bar and one menu; they go where they are needed, over the message, and move nothing.
 */
export class ActionsView {
  #list = document.querySelector("[data-messages]");
  #bar = document.querySelector("[data-actions]");
  #menu = document.querySelector("[data-message-menu]");
  #view;
  #me;
  #actions;
  #node = null; // the message the bar is on

  /**
   * @param {import("../timeline/timeline_view.js").TimelineView} view
   * @param {{id: string}} me
   * @param {Object<string, (message: Message, anchor: HTMLElement) => void>} actions  by data-action; `react` too
   */
  constructor(view, me, actions) {
    this.#view = view;
    this.#me = me;
    this.#actions = actions;
    this.#list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#hovered(event));
    this.#list.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#left());
    this.#list.addEventListener("focusin", (event) => this.#reached(event));
    this.#list.addEventListener("click", (event) => this.#pressed(event));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#bar.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    walkWithArrows(this.#bar);
    walkMenu(this.#menu);
  }

  /** Where the keyboard is at the bar, a pointer that happens to lie there does not take it away. */
  #hovered(event) {
    if (!this.#bar.querySelector(":focus-visible")) {
      this.#reached(event);
    }
  }

  #reached({ target }) {
    if (!target.closest("[data-actions]")) {
      this.#goTo(target.closest(".message[data-seq]"));
    }
  }

  #goTo(node) {
    const message = this.#view.messageOf(node);
    if (!message || node === this.#node) {
      return;
    }
    this.#node = node;
    this.#bar.hidden = message.deleted;
    node.append(this.#bar);
  }

  /** The pointer has left, for none of what the bar opened. */
  #left() {
    const isBusy = this.#bar.matches(":focus-within") || document.querySelector(":popover-open");
    if (!isBusy) {
      this.#bar.hidden = true;
      this.#node = null;
    }
  }

  /** A touch on a message brings the bar, as no pointer hovers there. */
  #pressed(event) {
    const chip = event.target.closest(".reaction");
    const node = event.target.closest(".message[data-seq]");
    if (chip) {
      const message = this.#view.messageOf(node);
      this.#actions.react(message, chip.dataset.emoji, chip.ariaPressed !== "true");
    } else if (!event.target.closest("a, button, .spoiler")) {
      this.#goTo(node);
    }
  }

  #chosen(event) {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const message = this.#view.messageOf(this.#node);
    if (!action || !message) {
      return;
    }
    if (action === "menu") {
      this.#openMenu(message);
    } else {
      this.#menu.hidePopover();
      this.#actions[action](message, this.#bar.isConnected ? this.#bar : this.#node);
    }
  }

  #openMenu(message) {
    this.#menu.querySelectorAll("[data-mine]").forEach((item) => (item.hidden = !this.#isMine(message)));
    openBeside(this.#menu, this.#bar.querySelector("[data-action=menu]"));
    this.#menu.querySelector("button:not([hidden])").focus();
  }

  #isMine({ author, kind }) {
    return author.id === this.#me.id && kind !== "topic";
  }

  /** On a message that has the focus. */
  #key(event) {
    const message = event.target.matches(".message") && this.#view.messageOf(event.target);
    if (!message || message.deleted) {
      return;
    }
    const keys = {
      Enter: () => this.#openMenu(message),
      e: () => this.#isMine(message) && this.#actions.edit(message),
      r: () => this.#actions.reply(message),
    };
    if (Object.hasOwn(keys, event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[event.key]();
    }
  }
}
