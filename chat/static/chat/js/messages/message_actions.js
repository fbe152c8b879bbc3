import { isMe, isMyText, keepsRooms } from "../people/is_me.js";
import { enableArrowKeys, enableMenuKeys, openBeside } from "../ui/popover.js";

/** @typedef {import("../net/protocol.js").Message} Message */

/**
 * The actions of a message: a toolbar on the message under the pointer or in focus, a menu, and keys.
 *
 * There is one toolbar and one menu: they move to the message and overlay it, without a layout shift. After a tap, the
 * toolbar stands above the composer instead, where it covers no line.
 */
export class MessageActions {
  #list = document.querySelector("[data-messages]");
  #toolbar = document.querySelector("[data-actions]");
  #menu = document.querySelector("[data-message-menu]");
  #view;
  #me;
  #actions;
  #dock = this.#toolbar.parentElement; // its place after a tap
  #node = null; // the message that has the toolbar, or the menu
  #isTouched = false; // the last input came from a touch screen

  /**
   * @param {import("../timeline/timeline_view.js").TimelineView} view
   * @param {{id: string}} me
   * @param {Object<string, (message: Message, anchor: HTMLElement) => void>} actions  by data-action; and for an emoji
   *   instead of an anchor, `toggle` and `reactionsFrom`
   */
  constructor(view, me, actions) {
    this.#view = view;
    this.#me = me;
    this.#actions = actions;
    this.#list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#onHover(event));
    this.#list.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#onPointerLeave());
    this.#list.addEventListener("focusin", (event) => this.#isTouched || this.#moveToTarget(event));
    this.#list.addEventListener("click", (event) => this.#onClick(event));
    this.#list.addEventListener("keydown", (event) => this.#onKeyDown(event));
    this.#toolbar.addEventListener("click", (event) => this.#onAction(event));
    this.#menu.addEventListener("click", (event) => this.#onAction(event));
    document.addEventListener("pointerdown", (event) => this.#onPointerDown(event), { capture: true });
    document.addEventListener("keydown", () => (this.#isTouched = false), { capture: true });
    enableArrowKeys(this.#toolbar);
    enableMenuKeys(this.#menu);
  }

  /** The element of the message that the menu is open for. */
  get node() {
    return this.#node;
  }

  /** Opens the menu of a message without its toolbar. @param {HTMLElement} node  @returns {?HTMLElement} the menu */
  openMenu(node) {
    const message = this.#usableMessage(node);
    if (!message) {
      return null;
    }
    this.#hideToolbar();
    this.#node = node;
    this.#openMenuOf(message, node);
    return this.#menu;
  }

  /** @param {string} action  @param {HTMLElement} node  of the message  @param {any} [value]  for the action */
  perform(action, node, value) {
    const message = this.#usableMessage(node);
    return message && this.#actions[action](message, value);
  }

  /** The message of an element; null for a deleted one, which has no actions. */
  #usableMessage(node) {
    const message = this.#view.messageOf(node);
    return message?.deleted ? null : message;
  }

  /** The toolbar does not follow the pointer while it is used by keyboard, or while its menu is open. */
  #onHover(event) {
    if (!this.#toolbar.querySelector(":focus-visible") && !document.querySelector(":popover-open")) {
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
    (this.#isTouched ? this.#dock : node).append(this.#toolbar);
  }

  #hideToolbar() {
    this.#toolbar.hidden = true;
    this.#node = null;
  }

  get #isDocked() {
    return this.#toolbar.parentElement === this.#dock;
  }

  #onPointerDown({ target, pointerType }) {
    this.#isTouched = pointerType === "touch";
    if (this.#isDocked && !target.closest(".message[data-seq], [data-actions], .popover")) {
      this.#hideToolbar();
    }
  }

  #onPointerLeave() {
    const isInUse = this.#toolbar.matches(":focus-within") || document.querySelector(":popover-open");
    isInUse || this.#hideToolbar();
  }

  /** A tap on a message shows the toolbar, or hides it: a touch screen has no hover. */
  #onClick(event) {
    const reaction = event.target.closest(".reaction");
    const node = event.target.closest(".message[data-seq]");
    if (reaction) {
      this.#actions.toggle(this.#view.messageOf(node), reaction.dataset.emoji);
    } else if (!event.target.closest("a, button, audio, video, .spoiler, [data-reading]")) {
      this.#isTouched ? this.#onTap(node) : this.#moveTo(node);
    }
  }

  #onTap(node) {
    const isShown = node === this.#node && !this.#toolbar.hidden;
    this.#hideToolbar();
    if (!isShown) {
      this.#moveTo(node);
      node?.scrollIntoView({ block: "nearest" }); // clear of the toolbar: see scroll-margin
    }
  }

  #onAction(event) {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const message = this.#view.messageOf(this.#node);
    if (!action || !message) {
      return;
    }
    if (action === "menu") {
      this.#openMenuOf(message);
    } else {
      this.#menu.hidePopover();
      this.#actions[action](message, this.#anchor);
      this.#isDocked && this.#hideToolbar();
    }
  }

  get #anchor() {
    return this.#toolbar.isConnected && !this.#toolbar.hidden && !this.#isDocked ? this.#toolbar.firstElementChild : this.#node;
  }

  #openMenuOf(message, anchor = this.#toolbar.querySelector("[data-action=menu]")) {
    const show = (selector, isShown) =>
      this.#menu.querySelectorAll(selector).forEach((item) => (item.hidden = !isShown));
    const isOther = !isMe(message.author, this.#me);
    const isKeeper = keepsRooms(this.#me);
    show("[data-mine]", this.#isMine(message));
    show("[data-others]", isOther);
    show("[data-written]", isOther && message.kind !== "event");
    show("[data-keepers]", isOther && isKeeper);
    show("[data-deletable]", this.#isMine(message) || (isOther && isKeeper && message.kind !== "event"));
    this.#menu.querySelectorAll("[data-author]").forEach((node) => (node.textContent = this.#actions.nameOf(message.author)));
    show("[data-with-reactions]", message.reactions.length > 0);
    openBeside(this.#menu, anchor);
    this.#menu.querySelector("button:not([hidden])").focus();
  }

  #isMine(message) {
    return isMyText(message, this.#me);
  }

  #onKeyDown(event) {
    const message = event.target.matches(".message") && this.#usableMessage(event.target);
    if (!message) {
      return;
    }
    const keys = {
      Enter: () => this.#openMenuOf(message),
      e: () => this.#isMine(message) && this.#actions.edit(message),
      r: () => this.#actions.reply(message),
    };
    if (Object.hasOwn(keys, event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[event.key]();
    }
  }
}
