import { openBeside, walkWithArrows } from "./popover.js";

/** @typedef {import("./protocol.js").Message} Message */

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
   * @param {import("./timeline_view.js").TimelineView} view
   * @param {{id: string}} me
   * @param {Object<string, (message: Message, anchor: HTMLElement) => void>} actions  by data-action; `react` too
   */
  constructor(view, me, actions) {
    this.#view = view;
    this.#me = me;
    this.#actions = actions;
    this.#list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#reached(event));
    this.#list.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#left());
    this.#list.addEventListener("focusin", (event) => this.#reached(event));
    this.#list.addEventListener("click", (event) => this.#pressed(event));
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    document.querySelector("#chat-log").addEventListener("keydown", (event) => this.#enter(event));
    this.#bar.addEventListener("click", (event) => this.#chosen(event));
    this.#menu.addEventListener("click", (event) => this.#chosen(event));
    walkWithArrows(this.#menu);
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
    const isMine = message.author.id === this.#me.id && message.kind !== "topic";
    this.#menu.querySelectorAll("[data-mine]").forEach((item) => (item.hidden = !isMine));
    openBeside(this.#menu, this.#bar);
    this.#menu.querySelector("button:not([hidden])").focus();
  }

  /** From the log into the messages: the last in view first. */
  #enter(event) {
    if (event.target === event.currentTarget && event.key === "ArrowUp") {
      const { bottom } = event.currentTarget.getBoundingClientRect();
      const nodes = [...this.#list.querySelectorAll(".message[data-seq]")];
      this.#focus(nodes.findLast((node) => node.getBoundingClientRect().top < bottom));
      event.preventDefault();
    }
  }

  /** Arrows walk the messages, Enter opens the menu. */
  #key(event) {
    if (!event.target.matches(".message")) {
      return;
    }
    const node = event.target;
    const keys = {
      ArrowUp: () => this.#focus(node.previousElementSibling),
      ArrowDown: () => this.#focus(node.nextElementSibling),
      Enter: () => this.#withMessage((message) => message.deleted || this.#openMenu(message)),
      e: () => this.#withMessage((message) => message.author.id === this.#me.id && this.#actions.edit(message)),
      r: () => this.#withMessage((message) => this.#actions.reply(message)),
    };
    if (Object.hasOwn(keys, event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[event.key]();
    }
  }

  #withMessage(act) {
    const message = this.#view.messageOf(this.#node);
    if (message) {
      act(message);
    }
  }

  #focus(node) {
    if (node?.dataset.seq) {
      node.tabIndex = -1;
      node.focus();
    }
  }
}
