import { parse } from "../commands/parse.js";
import { isComposing, MODIFIER } from "../keyboard/keyboard.js";
import { TOUCH } from "../keyboard/virtual_keyboard.js";
import { gettext, language } from "../lib/i18n.js";
import { ComposerBanner } from "./composer_banner.js";
import { isInOpenFence } from "./open_fence.js";
import { fieldState, insertAtCaret, insertWithoutFocus, replaceBeforeCaret } from "./text_field.js";

const MAX_CHARACTERS = 8_000;
const LONE_SURROGATES = /\p{Surrogate}/gu; // halves of characters: not valid text, and the server refuses them
const BLANK = /^[\s\p{Cc}\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe0e\ufe0f\uffa0]*$/u; // the server refuses it

/**
 * @typedef {object} ComposerActions
 * @property {(text: string, options: {kind: "text" | "action", replyTo: ?number, files?: object[]}) => void} send
 * @property {(seq: number, text: string, files?: object) => void} edit
 * @property {(id: string, text: string, files?: object[]) => void} rewrite  a message that waits
 * @property {(id: string) => void} release  the same, whose edit is given up
 * @property {typeof import("../commands/slash_commands.js").runCommand} run  of a command; without the page
 * @property {() => ?{seq: number, text: string}} lastOwnMessage  that Arrow Up edits
 * @property {() => void} onTyping  at each input of a new message
 * @property {() => void} onTypingEnd  when a new message is given up: cleared, or put aside for an edit
 * @property {(areCommands: () => boolean) => Promise<?import("./completion_view.js").CompletionView>} newCompletion
 *   loaded when something is typed; null if it cannot be
 * @property {() => ?import("../attachments/tray.js").Tray} tray  null until it is loaded
 * @property {(edited: ?object) => void} onEdit  begins; or ends: null
 * @property {(anchor: HTMLElement, onPick: (emoji: string) => void) => void} pickEmoji
 */

/**
 * The form to write in: Enter sends, Shift+Enter starts a new line. In fenced code, and on a touch screen, Enter starts
 * a new line.
 */
export class ComposerView {
  #form = document.querySelector("[data-composer]");
  #field = document.querySelector("#chat-message-input");
  #button = document.querySelector("#chat-message-submit");
  #note = document.querySelector("[data-composer-note]");
  #banner = new ComposerBanner(() => this.cancel());
  #completion = null;
  #loadingCompletion = null;
  #actions;
  #draft;
  #replyTo = null; // the message that is replied to
  #edited = null; // the message that is edited
  #textBeforeEdit = "";
  #isRunning = false;

  /**
   * @param {ComposerActions} actions
   * @param {import("./draft.js").Draft} draft
   */
  constructor(actions, draft) {
    this.#actions = actions;
    this.#draft = draft;
    this.#field.value ||= draft.text;
    this.#recoverDraft();
    this.#field.enterKeyHint = TOUCH.matches ? "enter" : "send";
    const emojiButton = document.querySelector("[data-emoji-button]");
    emojiButton.addEventListener("click", () => actions.pickEmoji(emojiButton, (emoji) => this.#insert(emoji)));
    this.#field.addEventListener("keydown", (event) => this.#onKeyDown(event));
    this.#field.addEventListener("input", () => this.#onInput());
    this.#form.addEventListener("submit", (event) => this.#onSubmit(event));
    // Pressing a button would move the focus from the field, which closes a phone's keyboard.
    this.#form.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  }

  /** @param {{seq: number, author: {name: string}, excerpt: string}} message */
  startReply(message) {
    if (this.#edited) {
      this.cancel();
    }
    this.#replyTo = message;
    this.#updateMode();
    this.focus();
  }

  /**
   * @param {{seq?: number, pendingId?: string, text: string, original?: string, files?: object[]}} message  of mine;
   *   `text` is what to start from, `original` the present text if it differs
   */
  startEdit({ seq, pendingId, text, original = text, files = [] }) {
    this.#releasePending();
    this.#textBeforeEdit = this.#edited ? this.#textBeforeEdit : this.#field.value;
    this.#actions.onTypingEnd();
    this.#edited = { seq, pendingId, original, files };
    this.#actions.onEdit(this.#edited);
    this.#setText(text);
    this.#updateMode();
    this.focus();
  }

  /** Cancels an edit and restores the text before; or cancels a reply. */
  cancel() {
    if (this.#edited) {
      this.#releasePending();
      this.#endEdit();
      return;
    }
    this.#replyTo = null;
    this.#updateMode();
    this.focus();
  }

  /** Cancels an edit or a reply. @returns {boolean} whether there was one */
  close() {
    const isOpen = Boolean(this.#edited || this.#replyTo);
    if (isOpen) {
      this.cancel();
    }
    return isOpen;
  }

  /** Inserts a mention at the caret. @param {string} name */
  insertMention(name) {
    const { text, start } = fieldState(this.#field);
    const gap = /\S$/.test(text.slice(0, start)) ? " " : "";
    replaceBeforeCaret(this.#field, start, `${gap}@${name} `);
  }

  focus() {
    this.#field.focus();
  }

  /** Shows a note under the field, until the next input. @param {string} note */
  showNote(note) {
    this.#note.textContent = note;
    this.#note.hidden = !note;
  }

  async #recoverDraft() {
    const text = await this.#draft.recover().catch(() => "");
    if (text && !this.#field.value) {
      this.#setText(text);
    }
  }

  #endEdit() {
    this.#edited = null;
    this.#actions.onEdit(null);
    this.#setText(this.#textBeforeEdit);
    this.#updateMode();
    this.focus();
  }

  /** A message that waits is sent as it was. */
  #releasePending() {
    const { pendingId } = this.#edited ?? {};
    pendingId && this.#actions.release(pendingId);
  }

  /** Inserts an emoji at the caret. On a touch screen the focus would open the keyboard. */
  #insert(emoji) {
    TOUCH.matches ? insertWithoutFocus(this.#field, emoji) : insertAtCaret(this.#field, emoji);
  }

  #onKeyDown(event) {
    if (isComposing(event) || event.defaultPrevented) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      if (event[MODIFIER] || !(TOUCH.matches || isInOpenFence(fieldState(this.#field)))) {
        this.#onSubmit(event);
      }
    } else if (event.key === "ArrowUp" && !event.altKey && !this.#field.value && !this.#edited) {
      this.#editLast(event);
    }
  }

  #editLast(event) {
    const last = this.#actions.lastOwnMessage();
    if (last) {
      event.preventDefault();
      this.startEdit(last);
    }
  }

  #onInput() {
    this.showNote("");
    this.#loadCompletion();
    if (this.#edited) {
      return;
    }
    this.#draft.text = this.#field.value;
    this.#field.value ? this.#actions.onTyping() : this.#actions.onTypingEnd();
  }

  #onSubmit(event) {
    event.preventDefault();
    this.focus();
    if (this.#field.readOnly) {
      return; // moderation/composer_state.js
    }
    const typed = this.#field.value.trim().replace(LONE_SURROGATES, "\ufffd");
    const text = BLANK.test(typed) ? "" : typed;
    if (this.#edited) {
      this.#saveEdit(text);
    } else if (text || this.#actions.tray()?.isEmpty === false) {
      this.#execute(parse(text));
    }
  }

  #saveEdit(text) {
    const { seq, pendingId, original, files } = this.#edited;
    const tray = this.#actions.tray();
    if (!text && (tray ? tray.isEmpty : !files.length)) {
      this.showNote(gettext("A message cannot be empty. You can delete it instead."));
    } else if (text === original && !pendingId && !tray?.isChanged) {
      this.cancel();
    } else if (this.#isShortEnough(text)) {
      const edited = tray?.edited;
      this.#endEdit();
      pendingId ? this.#actions.rewrite(pendingId, text, edited) : this.#actions.edit(seq, text, edited);
    }
  }

  #execute(parsed) {
    if (parsed.kind === "text" || parsed.kind === "action") {
      this.#send(parsed);
    } else if (parsed.kind === "refused") {
      this.showNote(parsed.detail);
    } else {
      this.#run(parsed);
    }
  }

  #send({ kind, text }) {
    if (this.#isShortEnough(text)) {
      const replyTo = this.#replyTo?.seq ?? null;
      this.#replyTo = null;
      this.#updateMode();
      this.#clear();
      this.#actions.send(text, { kind, replyTo, files: this.#actions.tray()?.take() });
    }
  }

  async #run(command) {
    const typed = this.#field.value;
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    try {
      const refusal = await this.#actions.run(command);
      const isUnchanged = this.#field.value === typed;
      if (refusal) {
        this.showNote(refusal);
      } else if (isUnchanged && command.typed) {
        this.#send({ kind: "text", text: command.typed });
      } else if (isUnchanged) {
        this.#clear();
        this.#actions.onTypingEnd();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #isShortEnough(text) {
    const { length } = [...text];
    if (length > MAX_CHARACTERS) {
      const [count, limit] = [length, MAX_CHARACTERS].map((number) => number.toLocaleString(language));
      this.showNote(gettext("This message has %(count)s characters. The limit is %(limit)s.", { count, limit }));
    }
    return length <= MAX_CHARACTERS;
  }

  #clear() {
    this.#draft.text = "";
    this.#setText("");
  }

  #setText(text) {
    this.#field.value = text;
    this.#field.setSelectionRange(text.length, text.length);
    this.#field.scrollTop = this.#field.scrollHeight;
    this.#completion?.close();
    this.showNote("");
  }

  /** It looks at what is typed by then. If it cannot be loaded, the next input tries again. */
  async #loadCompletion() {
    this.#loadingCompletion ??= this.#actions.newCompletion(() => !this.#edited);
    this.#completion = await this.#loadingCompletion;
    this.#completion ?? (this.#loadingCompletion = null);
  }

  #updateMode() {
    this.#form.classList.toggle("is-editing", Boolean(this.#edited));
    this.#button.ariaLabel = this.#edited ? gettext("Save") : gettext("Send");
    this.#button.title = this.#edited ? gettext("Save (Enter)") : gettext("Send (Enter)");
    if (this.#edited) {
      this.#banner.showEdit();
    } else if (this.#replyTo) {
      this.#banner.showReply(this.#replyTo);
    } else {
      this.#banner.hide();
    }
  }
}
