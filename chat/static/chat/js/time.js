import { language } from "./i18n.js";

const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const toTheSecond = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** @param {Date} moment */
export const clockTime = (moment) => clock.format(moment);

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

const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
