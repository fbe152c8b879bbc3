import { roomPath } from "../lib/addresses.js";
import { fetchJson } from "../lib/fetch_json.js";
import { gettext } from "../lib/i18n.js";
import { clockTimeIn, longDate } from "../lib/place_time.js";
import { showAvatar } from "../people/avatar.js";
import { isMe } from "../people/is_me.js";
import { openBeside, positionBeside } from "../ui/popover.js";

const WAIT_MS = 300; // for the server, so that the card opens with everything
const UNKNOWN = { username: null, former: false, since: null, status: "", time_zone: null };

/**
 * @typedef {object} Card  as the server sends it
 * @property {string} id  of the account's member, for a guest whom the account has claimed
 * @property {string} name
 * @property {boolean} guest
 * @property {boolean} former
 * @property {?string} username
 * @property {string} since  a date
 * @property {string} status
 * @property {?string} time_zone
 */

/** The card of a person: a popover beside the name that was pressed, a sheet on a phone. */
export class PersonCard {
  #card = document.querySelector("[data-person-card]");
  #me;
  #room;
  #actions;
  #shown = null; // the id of the person whom the card is about
  #name = "";

  /**
   * @param {{id: string}} me
   * @param {{name: string}} room
   * @param {object} actions
   * @param {(name: string) => void} actions.mention
   * @param {() => void} actions.changeName
   */
  constructor(me, room, actions) {
    this.#me = me;
    this.#room = room;
    this.#actions = actions;
    this.#card.addEventListener("click", ({ target }) => this.#onClick(target.closest("button")));
  }

  /**
   * @param {HTMLElement} anchor
   * @param {{id: string, name: string, mark: string, color: string, guest?: boolean}} person  as far as the page knows
   */
  async open(anchor, person) {
    this.#shown = person.id;
    const loading = this.#load(person);
    const early = await Promise.race([loading, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
    if (this.#shown !== person.id) {
      return; // another one was pressed
    }
    this.#show(early ?? { ...UNKNOWN, ...person });
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
    const card = await fetchJson(`${roomPath(this.#room.name)}people/${person.id}`);
    const { color } = person;
    return card && { ...card, color, mark: card.id === person.id ? person.mark : "" };
  }

  #show({ id, name, mark, color, guest, former, username, since, status, time_zone: timeZone }) {
    const mine = isMe({ id }, this.#me);
    this.#name = name;
    showAvatar(this.#part("avatar"), name, color);
    this.#write("name", name);
    this.#part("name").dataset.mark = mark;
    this.#write("kind", [mine && gettext("This is you"), kindOf({ guest, former, username })].filter(Boolean).join(" · "));
    this.#write("status", status);
    this.#write("time", timeZone ? localTime(timeZone) : "");
    this.#write("since", since ? gettext("Since %(date)s", { date: longDate(since) }) : "");
    this.#part("mention").hidden = mine || former;
    this.#part("rename").hidden = !mine || !this.#isGuest(guest);
    this.#part("profile").hidden = !mine || this.#isGuest(guest);
  }

  #isGuest = (guest) => guest ?? this.#me.guest;

  #write(part, text) {
    const node = this.#part(part);
    node.textContent = text;
    node.hidden = !text;
  }

  #part = (name) => this.#card.querySelector(`[data-card="${name}"]`);

  #onClick(button) {
    const action = button && { mention: () => this.#actions.mention(this.#name), rename: () => this.#actions.changeName() }[button.dataset.card];
    if (action) {
      this.#card.hidePopover();
      action();
    }
  }
}

function kindOf({ guest, former, username }) {
  if (former) {
    return gettext("Former member");
  }
  return username ? `@${username}` : guest ? gettext("Guest") : "";
}

function localTime(timeZone) {
  const time = clockTimeIn(timeZone);
  return time ? gettext("%(time)s local time", { time }) : "";
}
