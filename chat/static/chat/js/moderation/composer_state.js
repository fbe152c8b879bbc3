import { gettext, language } from "../lib/i18n.js";
import { keepsRooms } from "../people/is_me.js";
import { copyText } from "../ui/clipboard.js";
import { button, setText } from "../ui/dom.js";
import { untilText } from "./until.js";

const TIMEOUT_MAX_MS = 2 ** 31 - 1; // of setTimeout
const mutedText = (moment) =>
  untilText(
    moment,
    (time) => gettext("A moderator has muted you in this room until %(time)s.", { time }),
    gettext("A moderator has muted you in this room, until a moderator lifts that."),
  );

/** Shows in the composer whether I may write, and how often. What is typed stays there, and can be copied. */
export class ComposerState {
  #me;
  #room;
  #form = document.querySelector("[data-composer]");
  #field = document.querySelector("#chat-message-input");
  #bar = document.querySelector("[data-composer-state]");
  #text = this.#bar.querySelector("p");
  #copy = button(gettext("Copy text"), () => this.#copyTyped(), "quiet-button");
  #timer = 0;

  /** @param {{role: ?string, muted: ?{until: string, why?: string}}} me  @param {{locked?: boolean, slow?: number}} room */
  constructor(me, room) {
    this.#me = me;
    this.#room = room;
    this.#bar.append(this.#copy);
  }

  /** I, or the room, may have changed. */
  show() {
    clearTimeout(this.#timer);
    const refusal = this.#refusal();
    const text = refusal || this.#hint();
    this.#field.readOnly = this.#form.querySelector("#chat-message-submit").disabled = Boolean(refusal);
    this.#form.classList.toggle("is-silent", Boolean(refusal));
    this.#copy.hidden = !refusal || !this.#field.value.trim();
    this.#bar.hidden = !text;
    setText(this.#text, text);
  }

  #refusal() {
    const { muted } = this.#me;
    const left = muted ? new Date(muted.until) - Date.now() : 0;
    if (left > 0) {
      this.#timer = setTimeout(() => this.show(), Math.min(left, TIMEOUT_MAX_MS));
      const why = muted.why ? gettext("Reason: %(why)s", { why: muted.why }) : "";
      return `${mutedText(muted.until)} ${why}`.trimEnd();
    }
    return this.#room.locked && !keepsRooms(this.#me) ? gettext("This room is locked: only moderators can write.") : "";
  }

  #hint() {
    const { slow } = this.#room;
    return slow && !keepsRooms(this.#me) ? gettext("Slow mode: one message every %(time)s", { time: duration(slow) }) : "";
  }

  async #copyTyped() {
    (await copyText(this.#field.value)) ? (this.#copy.textContent = gettext("Text copied.")) : this.#field.select();
  }
}

/** "30 seconds", "5 minutes". */
function duration(seconds) {
  const [unit, length] = [["hour", 3_600], ["minute", 60]].find(([, length]) => seconds % length === 0) ?? ["second", 1];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(seconds / length);
}
