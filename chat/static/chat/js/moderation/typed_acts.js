import { gettext } from "../lib/i18n.js";
import { isMe } from "../people/is_me.js";
import { ABOUT_PEOPLE } from "./keeper_commands.js";

const TIME = /^(?<count>\d{1,4})\s?(?<unit>[smhd])(?:\s+|$)/i;
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };
const USUAL_SECONDS = { mute: 3_600, ban: 7 * 86_400 };
const SLOW_SECONDS_MAX = 6 * 3_600;

/**
 * What a command of a moderator says to do.
 * @param {{name: string, argument: string}} command
 * @param {Pick<import("../room_page/model.js").Model, "me" | "people" | "timeline">} model
 * @returns {{act: string, subject?: import("./acts.js").Subject, fields: object} | {detail: string}}
 */
export function actOf({ name: act, argument }, model) {
  const typed = argument.trim();
  if (act === "slow") {
    return slow(typed);
  }
  return ABOUT_PEOPLE.test(act) ? aboutPerson(act, typed.replace(/^@/, ""), model) : { act, fields: act === "lock" ? { why: typed } : {} };
}

function slow(typed) {
  const { seconds, rest } = timeIn(typed);
  if (/^(?:off|0)$/i.test(typed)) {
    return { act: "slow", fields: { seconds: 0 } };
  }
  const isTime = seconds && !rest && seconds <= SLOW_SECONDS_MAX;
  return isTime ? { act: "slow", fields: { seconds } } : { detail: gettext("Enter a time, for example “/slow 30s” or “/slow off”. The longest is 6h.") };
}

function aboutPerson(act, typed, model) {
  if (!typed) {
    return { detail: gettext("Enter a name, for example “/%(act)s Ben”.", { act }) };
  }
  const { people, rest } = findTyped(typed, model);
  if (people.length > 1) {
    return { detail: gettext("Several people are called %(name)s. Choose in the menu of a message.", { name: people[0].name }) };
  }
  if (act === "unban" && !people.length) {
    return { act, fields: { who: typed } };
  }
  if (!people.length) {
    return { detail: gettext("“%(typed)s” does not begin with the name of anybody here.", { typed }) };
  }
  const { seconds = USUAL_SECONDS[act], rest: why } = act in USUAL_SECONDS ? timeIn(rest) : { rest };
  return { act, subject: people[0], fields: { why, ...(seconds && { seconds }) } };
}

/** A time at the beginning of a text, and what follows it. */
function timeIn(text) {
  const found = TIME.exec(text);
  if (!found) {
    return { rest: text };
  }
  const { count, unit } = found.groups;
  return { seconds: count * SECONDS[unit.toLowerCase()], rest: text.slice(found[0].length).trim() };
}

/** The people with the longest name that a text begins with, and what follows the name. */
function findTyped(typed, { me, people, timeline }) {
  const authors = timeline.messages.map(({ author }) => ({ ...author, name: timeline.nameOf(author) }));
  const known = [...authors, ...(people.roster?.sorted ?? []), ...people.present];
  const named = known.filter((it) => !isMe(it, me) && begins(typed, it.name));
  const longest = Math.max(0, ...named.map(({ name }) => name.length));
  const found = new Map(named.filter(({ name }) => name.length === longest).map(({ id, name, guest }) => [id, { id, name, guest }]));
  return { people: [...found.values()], rest: typed.slice(longest).trim() };
}

const begins = (typed, name) => {
  const start = typed.slice(0, name.length);
  return name && start.toLocaleLowerCase() === name.toLocaleLowerCase() && /^(?:\s|$)/.test(typed.slice(name.length));
};
