import { language } from "./i18n.js";

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const toTheSecond = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const young = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });

const YOUNG_MINUTES = 60;

/** @param {Date} moment */
export const clockTime = (moment) => clock.format(moment);

/** The same in a narrow place: which half of the day it is shows around it. @param {Date} moment */
export const narrowTime = (moment) =>
  clock.formatToParts(moment).map(({ type, value }) => (type === "dayPeriod" ? "" : value)).join("").trim();

/** How long ago it was, while that is said in minutes; then when. @param {Date} moment */
export function ageOrTime(moment, now = new Date()) {
  const minutes = Math.round((now - moment) / 60_000);
  if (minutes >= YOUNG_MINUTES) {
    return clockTime(moment);
  }
  return minutes < 1 ? young.format(0, "second") : young.format(-minutes, "minute");
}

/** @param {Date} moment */
export const secondTime = (moment) => toTheSecond.format(moment);

/** @param {Date} moment */
export const exactTime = (moment) => exact.format(moment);

/** @param {Date} a  @param {Date} b */
export const isSameDay = (a, b) => a.toDateString() === b.toDateString();

/** A day as people say it: today, yesterday, or its date. @param {Date} moment */
export function dayName(moment, today = new Date()) {
  const days = Math.round((midnight(moment) - midnight(today)) / 86_400_000);
  if (days === 0 || days === -1) {
    const name = relative.format(days, "day");
    return name[0].toLocaleUpperCase(language) + name.slice(1);
  }
  return (days > -300 ? weekday : date).format(moment);
}

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** How long it is since a moment, as people say it. @param {Date} moment */
export function ago(moment) {
  const passed = moment - Date.now();
  const [unit, length] = UNITS.find(([, length]) => passed <= -length) ?? ["minute", 60_000];
  return relative.format(Math.trunc(passed / length), unit);
}

const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
