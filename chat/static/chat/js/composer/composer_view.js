import { parse } from "./commands.js";
import { commands, emoji, mentions } from "./completion_sources.js";
import { CompletionView } from "./completion_view.js";
import { ComposerBanner } from "./composer_banner.js";
import { takeFormattingKeys } from "./formatting_keys.js";
import { gettext, language } from "../lib/i18n.js";
import { composes } from "../keyboard/keyboard.js";
import { takeShortcodes } from "./shortcode_key.js";
import { stateOf, writeBefore } from "./text_field.js";

const MAX_CHARACTERS = 8_000;
const LONE_SURROGATES = /\p{Surrogate}/gu; // halves of characters: no text, and no server takes them

/**
 * @typedef {object} ComposerActions  what a composer can have done
 * @property {(text: string, how: {kind: "text" | "action", replyTo: ?number}) => void} write
 * @property {(seq: number, text: string) => void} edit
 * @property {(command: import("./commands.js").Command) => Promise<?string>} run  gives a sentence if it failed
 * @property {() => ?{seq: number, text: string}} lastOfMine  the message that Arrow Up edits
 * @property {(query: string) => {id: string, name: string, note?: string}[]} people  who can be mentioned
 * @property {() => void} typed  at each input of a new message
 * @property {import("../lib/emoji.js").EmojiNames} emoji
 */

/** The place to write: Enter sends, Shift+Enter starts a new line. */
export class ComposerView {
  #form = document.querySelector("[data-composer]");
  #field = document.querySelector("#chat-message-input");
  #button = document.querySelector("#chat-message-submit");
  #note = document.querySelector("[data-composer-note]");
  #banner = new ComposerBanner(() => this.cancel());
  #completion;
  #actions;
  #draft;
  #reply = null; // the message that is replied to
  #edited = null; // the message that is edited
  #aside = ""; // what was written before
  #isRunning = false;

  /**
   * @param {ComposerActions} actions
   * @param {import("./draft.js").Draft} draft
   */
  constructor(actions, draft) {
    this.#actions = actions;
    this.#draft = draft;
    this.#field.value ||= draft.text;
    const names = actions.emoji;
    const sources = [commands(() => !this.#edited), emoji(names), mentions(actions.people)];
    this.#completion = new CompletionView(this.#field, document.querySelector("[data-completion]"), sources);
    takeFormattingKeys(this.#field);
    takeShortcodes(this.#field, names);
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#field.addEventListener("input", () => this.#written());
    this.#form.addEventListener("submit", (event) => this.#submitted(event));
    // A press on a button would close the keyboard of a phone.
    this.#form.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  }

  /** @param {{seq: number, author: {name: string}, excerpt: string}} message */
  startReply(message) {
    if (this.#edited) {
      this.cancel();
    }
    this.#reply = message;
    this.#showMode();
    this.focus();
  }

  /**
   * @param {{seq: number, text: string, was?: string}} message  of mine; `was` is what it says now, if that
   *   is another text than the one to go on with
   */
  startEdit({ seq, text, was = text }) {
    this.#aside = this.#edited ? this.#aside : this.#field.value;
    this.#edited = { seq, was };
    this.#setText(text);
    this.#showMode();
    this.focus();
  }

  /** Ends an edit, and what was written before is there again; or else a reply. */
  cancel() {
    if (this.#edited) {
      this.#edited = null;
      this.#setText(this.#aside);
    } else {
      this.#reply = null;
    }
    this.#showMode();
    this.focus();
  }

  /** The same where there is one to end. Returns whether there was. */
  close() {
    const isOpen = Boolean(this.#edited || this.#reply);
    if (isOpen) {
      this.cancel();
    }
    return isOpen;
  }

  /** Writes a mention where the caret is. @param {string} name */
  mention(name) {
    const { text, start } = stateOf(this.#field);
    const gap = /\S$/.test(text.slice(0, start)) ? " " : "";
    writeBefore(this.#field, start, `${gap}@${name} `);
  }

  focus() {
    this.#field.focus();
  }

  /** Shows a note under the field, until more is written. @param {string} note */
  say(note) {
    this.#note.textContent = note;
    this.#note.hidden = !note;
  }

  #pressed(event) {
    if (composes(event) || event.defaultPrevented) {
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) {
      this.#submitted(event);
    } else if (event.key === "ArrowUp" && !this.#field.value && !this.#edited) {
      this.#editLast(event);
    }
  }

  #editLast(event) {
    const last = this.#actions.lastOfMine();
    if (last) {
      event.preventDefault();
      this.startEdit(last);
    }
  }

  #written() {
    this.say("");
    if (this.#edited) {
      return;
    }
    this.#draft.text = this.#field.value;
    if (this.#field.value) {
      this.#actions.typed();
    }
  }

  #submitted(event) {
    event.preventDefault();
    this.focus();
    const text = this.#field.value.trim().replace(LONE_SURROGATES, "\ufffd");
    if (this.#edited) {
      this.#save(text);
    } else if (text) {
      this.#do(parse(text));
    }
  }

  #save(text) {
    const { seq, was } = this.#edited;
    if (!text) {
      this.say(gettext("A message is not empty. To delete it, use its menu."));
    } else if (text === was) {
      this.cancel();
    } else if (this.#isShortEnough(text)) {
      this.cancel();
      this.#actions.edit(seq, text);
    }
  }

  #do(meant) {
    if (meant.kind === "text" || meant.kind === "action") {
      this.#send(meant);
    } else if (meant.detail) {
      this.say(meant.detail);
    } else {
      this.#run(meant);
    }
  }

  #send({ kind, text }) {
    if (this.#isShortEnough(text)) {
      const replyTo = this.#reply?.seq ?? null;
      this.#reply = null;
      this.#showMode();
      this.#clear();
      this.#actions.write(text, { kind, replyTo });
    }
  }

  async #run(command) {
    const written = this.#field.value;
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    try {
      const refusal = await this.#actions.run(command);
      if (refusal) {
        this.say(refusal);
      } else if (this.#field.value === written) {
        this.#clear();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #isShortEnough(text) {
    const { length } = [...text];
    if (length > MAX_CHARACTERS) {
      const [count, most] = [length, MAX_CHARACTERS].map((number) => number.toLocaleString(language));
      this.say(gettext("That is %(count)s characters; a message has at most %(most)s.", { count, most }));
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
    this.#completion.close();
    this.say("");
  }

  #showMode() {
    this.#form.classList.toggle("is-editing", Boolean(this.#edited));
    this.#button.ariaLabel = this.#edited ? gettext("Save") : gettext("Send");
    this.#button.title = this.#edited ? gettext("Save (Enter)") : gettext("Send (Enter)");
    if (this.#edited) {
      this.#banner.showEdit();
    } else if (this.#reply) {
      this.#banner.showReply(this.#reply);
    } else {
      this.#banner.hide();
    }
  }
}
