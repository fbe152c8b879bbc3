import { roomPath } from "../lib/addresses.js";
import { fetchJson } from "../lib/fetch_json.js";
import { gettext } from "../lib/i18n.js";
import { clockTimeIn, longDate } from "../lib/place_time.js";
import { untilText } from "../moderation/until.js";
import { showAvatar } from "../people/avatar.js";
import { isMe } from "../people/is_me.js";
import { kindName } from "../people/kind_name.js";
import { openBeside, positionBeside } from "../ui/popover.js";

const WAIT_MS = 300; // for the server, so that the card opens with everything
const UNKNOWN = { username: null, former: false, since: null, status: "", time_zone: null, blocked: false };
const mutedText = (moment) =>
  untilText(moment, (time) => gettext("Muted here until %(time)s", { time }), gettext("Muted here for good"));
const bannedText = (moment) =>
  untilText(moment, (time) => gettext("Banned from here until %(time)s", { time }), gettext("Banned from here for good"));

/**
 * @typedef {object} Card  as the server sends it
 * @property {string} id  of the account's member, for a guest whom the account has claimed
 * @property {string} name
 * @property {boolean} guest
 * @property {boolean} [bot]
 * @property {boolean} former
 * @property {?string} username
 * @property {string} since  a date
 * @property {string} status
 * @property {?string} time_zone
 * @property {boolean} [blocked]  by me
 * @property {boolean} [kept]  whether I may mute and ban the person here
 * @property {string} [muted]  until when
 * @property {string} [banned]  until when
 */

/** The card of a person: a popover beside the name that was pressed, a sheet on a phone. */
export class PersonCard {
  #card = document.querySelector("[data-person-card]");
  #me;
  #room;
  #looksOf;
  #actions;
  #shown = null; // the id of the person who was pressed
  #person = null; // whom the card is about

  /**
   * @param {{id: string}} me
   * @param {{id: ?string, name: string, kind: string}} room
   * @param {(id: string) => {mark: string, color: number}} looksOf
   * @param {object} actions
   * @param {(name: string) => void} actions.mention
   * @param {() => void} actions.changeName
   * @param {(person: {id: string}) => void} actions.message
   * @param {(person: {id: string, name: string, blocked: boolean}) => void} actions.toggleBlocked
   * @param {(act: string, person: {id: string, name: string, guest: boolean, kept: boolean}) => void} actions.moderate
   */
  constructor(me, room, looksOf, actions) {
    this.#me = me;
    this.#room = room;
    this.#looksOf = looksOf;
    this.#actions = actions;
    this.#card.addEventListener("click", ({ target }) => this.#onClick(target.closest("button")));
  }

  /**
   * @param {HTMLElement} anchor
   * @param {{id: string, name: string, guest?: boolean}} person  as far as the page knows
   */
  async open(anchor, person) {
    this.#shown = person.id;
    const loading = this.#load(person);
    const early = await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    if (this.#shown !== person.id) {
      return; // another one was pressed
    }
    this.#show(early ?? { ...UNKNOWN, ...person });
    (anchor.closest("dialog") ?? document.body).append(this.#card); // beside an open dialog, all is inert
    openBeside(this.#card, anchor);
    this.#card.querySelector("a:not([hidden]), button:not([hidden])")?.focus();
    const card = await loading;
    if (card && this.#shown === person.id && this.#card.matches(":popover-open")) {
      this.#show(card);
      positionBeside(this.#card, anchor);
    }
  }

  /** Null if there is none, or no connection: then the card shows what the page knows. */
  async #load(person) {
    return fetchJson(`${roomPath(this.#room)}people/${person.id}`);
  }

  #show({ id, name, guest, bot, former, username, since, status, picture, time_zone: timeZone, blocked = false, ...here }) {
    const mine = isMe({ id }, this.#me);
    const { mark, color } = this.#looksOf(id);
    this.#person = { id, name, guest, blocked, kept: Boolean(here.kept) };
    const shownName = former ? gettext("Former member") : name;
    showAvatar(this.#part("avatar"), shownName, color, false, picture);
    this.#write("name", shownName);
    this.#part("name").dataset.mark = mark;
    const kinds = [mine && gettext("This is you"), kindOf({ guest, bot, former, username })];
    this.#write("kind", kinds.filter((kind) => kind && kind !== shownName).join(" · "));
    this.#write("status", status);
    this.#write("time", timeZone ? localTime(timeZone) : "");
    this.#write("since", since ? gettext("Since %(date)s", { date: longDate(since) }) : "");
    this.#part("mention").hidden = mine || former;
    const message = this.#part("message"); // accounts have it
    message && (message.hidden = mine || former);
    this.#part("block-person").hidden = mine || former || blocked;
    this.#part("unblock-person").hidden = this.#part("blocked-note").hidden = !blocked;
    this.#part("rename").hidden = !mine || !this.#isGuest(guest);
    this.#part("profile").hidden = !mine || this.#isGuest(guest);
    this.#showModeration(here, !mine && !former && guest !== undefined);
  }

  /** `isSomebody`: whether operators may ban the person from everywhere. */
  #showModeration({ kept = false, muted, banned }, isSomebody) {
    const isOperator = Boolean(document.querySelector("[data-moderation-where]"));
    const shown = {
      mute: kept && !muted,
      unmute: kept && muted,
      ban: kept ? !banned : isOperator && isSomebody,
      unban: kept && banned,
      remove: kept && this.#room.kind === "members",
    };
    Object.entries(shown).forEach(([name, isShown]) => (this.#part(name).hidden = !isShown));
    this.#part("keeping").hidden = !Object.values(shown).some(Boolean);
    this.#write("muted-note", muted ? mutedText(muted) : "");
    this.#write("banned-note", banned ? bannedText(banned) : "");
  }

  #isGuest = (guest) => guest ?? this.#me.guest;

  #write(part, text) {
    const node = this.#part(part);
    node.textContent = text;
    node.hidden = !text;
  }

  #part = (name) => this.#card.querySelector(`[data-card="${name}"]`);

  #onClick(button) {
    const { mention, message, changeName, toggleBlocked, moderate } = this.#actions;
    const person = this.#person;
    const actions = {
      mention: () => mention(person.name),
      message: () => message(person),
      rename: changeName,
      "block-person": () => toggleBlocked(person),
      "unblock-person": () => toggleBlocked(person),
    };
    const { card: name } = button?.dataset ?? {};
    if (button) {
      this.#card.hidePopover();
      this.#card.closest("dialog")?.close();
      actions[name] ? actions[name]() : moderate(name, person);
    }
  }
}

function kindOf({ guest, bot, former, username }) {
  if (former) {
    return gettext("Former member");
  }
  return username ? `@${username}` : kindName({ guest, bot });
}

function localTime(timeZone) {
  const time = clockTimeIn(timeZone);
  return time ? gettext("%(time)s local time", { time }) : "";
}
