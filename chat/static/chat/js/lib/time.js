import { language } from "./i18n.js";

/** The page's language in the browser's region: English words, and a British clock and date. */
export const locale = regionalLocale(language, navigator.language);

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const clockWithSeconds = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const relativeShort = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });

const RELATIVE_MINUTES = 60; // older moments are shown by the clock

/** @param {Date} moment */
export const clockTime = (moment) => clock.format(moment);

/** The clock time without AM or PM, for narrow places. @param {Date} moment */
export const compactTime = (moment) =>
  clock.formatToParts(moment).map(({ type, value }) => (type === "dayPeriod" ? "" : value)).join("").trim();

/** "5 min. ago" for the last hour, then the clock time. @param {Date} moment */
export function relativeOrClockTime(moment, now = new Date()) {
  const minutes = Math.round((now - moment) / 60_000);
  if (minutes >= RELATIVE_MINUTES) {
    return clockTime(moment);
  }
  return minutes < 1 ? relativeShort.format(0, "second") : relativeShort.format(-minutes, "minute");
}

/** @param {Date} moment */
export const timeWithSeconds = (moment) => clockWithSeconds.format(moment);

/** The clock time; of another day, with the date. @param {Date} moment */
export const timeOrDate = (moment, now = new Date()) =>
  isSameDay(moment, now) ? clockTime(moment) : `${shortDate(moment, now)}, ${clockTime(moment)}`;

const shortDate = (moment, now) => {
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return moment.toLocaleDateString(locale, { day: "numeric", month: "short", year });
};

/** Date and time in full. @param {Date} moment */
export const fullDateTime = (moment) => full.format(moment);

/** @param {Date} moment */
export const fullDate = (moment) => moment.toLocaleDateString(locale, { dateStyle: "full" });

/** @param {Date} a  @param {Date} b */
export const isSameDay = (a, b) => a.toDateString() === b.toDateString();

/** "Today", "Yesterday", or the date. @param {Date} moment */
export function dayName(moment, today = new Date()) {
  const days = Math.round((midnight(moment) - midnight(today)) / 86_400_000);
  if (days === 0 || days === -1) {
    const name = relative.format(days, "day");
    return name[0].toLocaleUpperCase(language) + name.slice(1);
  }
  return (days > -300 ? weekday : date).format(moment);
}

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]];

/** "3 hours ago". @param {Date} moment */
export function timeAgo(moment) {
  const passed = moment - Date.now();
  const [unit, length] = UNITS.find(([, length]) => passed <= -length) ?? ["minute", 60_000];
  return relative.format(Math.trunc(passed / length), unit);
}

const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());

/** @param {string} language  @param {string} browserLanguage  a BCP 47 tag, like "en-GB"  @returns {string} */
export function regionalLocale(language, browserLanguage) {
  const { region } = new Intl.Locale(browserLanguage || language).maximize();
  return new Intl.Locale(language, region ? { region } : {}).toString();
}
