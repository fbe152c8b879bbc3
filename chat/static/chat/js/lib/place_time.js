import { locale } from "./time.js";

/** The clock time in a time zone; null if the browser does not know the zone. @param {string} timeZone  @returns {?string} */
export function clockTimeIn(timeZone) {
  try {
    return new Date().toLocaleTimeString(locale, { timeStyle: "short", timeZone });
  } catch {
    return null;
  }
}

/** A day in full. @param {string} day  like "2026-11-22" */
export const longDate = (day) => new Date(`${day}T00:00`).toLocaleDateString(locale, { dateStyle: "long" });
