import { enableArrowKeys, enableMenuKeys, openBeside } from "../ui/popover.js";

/** @typedef {import("../net/protocol.js").Message} Message */

/**
 * The actions of a message: a toolbar on the message under the pointer or in focus, a menu, and keys.
 *
 * There is one toolbar and one menu: they move to the message and overlay it, without a layout shift.
 */
export class MessageActions {
  #list = document.querySelector("[data-messages]");
  #toolbar = document.querySelector("[data-actions]");
  #menu = document.querySelector("[data-message-menu]");
  #view;
  #me;
  #actions;
  #node = null; // the message that has the toolbar

  /**
   * @param {import("../timeline/timeline_view.js").TimelineView} view
   * @param {{id: string}} me
   * @param {Object<string, (message: Message, anchor: HTMLElement) => void>} actions  by data-action, and `react`
   */
  constructor(view, me, actions) {
    this.#view = view;
    this.#me = me;
    this.#actions = actions;
    this.#list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#onHover(event));
    this.#list.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#onPointerLeave());
    this.#list.addEventListener("focusin", (event) => this.#moveToTarget(event));
    this.#list.addEventListener("click", (event) => this.#onClick(event));
    this.#list.addEventListener("keydown", (event) => this.#onKeyDown(event));
    this.#toolbar.addEventListener("click", (event) => this.#onAction(event));
    this.#menu.addEventListener("click", (event) => this.#onAction(event));
    enableArrowKeys(this.#toolbar);
    enableMenuKeys(this.#menu);
  }

  /** The toolbar does not follow the pointer while it is used by keyboard. */
  #onHover(event) {
    if (!this.#toolbar.querySelector(":focus-visible")) {
      this.#moveToTarget(event);
    }
  }

  #moveToTarget({ target }) {
    if (!target.closest("[data-actions]")) {
      this.#moveTo(target.closest(".message[data-seq]"));
    }
  }

  #moveTo(node) {
    const message = this.#view.messageOf(node);
    if (!message || node === this.#node) {
      return;
    }
    this.#node = node;
    this.#toolbar.hidden = message.deleted;
    node.append(this.#toolbar);
  }

  #onPointerLeave() {
    const isInUse = this.#toolbar.matches(":focus-within") || document.querySelector(":popover-open");
    if (!isInUse) {
      this.#toolbar.hidden = true;
      this.#node = null;
    }
  }

  /** A tap on a message shows the toolbar: a touch screen has no hover. */
  #onClick(event) {
    const reaction = event.target.closest(".reaction");
    const node = event.target.closest(".message[data-seq]");
    if (reaction) {
      const message = this.#view.messageOf(node);
      this.#actions.react(message, reaction.dataset.emoji, reaction.ariaPressed !== "true");
    } else if (!event.target.closest("a, button, .spoiler")) {
      this.#moveTo(node);
    }
  }

  #onAction(event) {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const message = this.#view.messageOf(this.#node);
    if (!action || !message) {
      return;
    }
    if (action === "menu") {
      this.#openMenu(message);
    } else {
      this.#menu.hidePopover();
      this.#actions[action](message, this.#toolbar.isConnected ? this.#toolbar : this.#node);
    }
  }

  #openMenu(message) {
    this.#menu.querySelectorAll("[data-mine]").forEach((item) => (item.hidden = !this.#isMine(message)));
    openBeside(this.#menu, this.#toolbar.querySelector("[data-action=menu]"));
    this.#menu.querySelector("button:not([hidden])").focus();
  }

  #isMine({ author, kind }) {
    return author.id === this.#me.id && kind !== "topic";
  }

  #onKeyDown(event) {
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
