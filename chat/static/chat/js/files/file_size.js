import { locale } from "../lib/time.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const STEP = 1_024;

/** "2.3 MB". @param {number} bytes */
export function fileSize(bytes) {
  const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(STEP)), UNITS.length - 1);
  const options = { style: "unit", unit: UNITS[power], unitDisplay: power ? "short" : "long", maximumFractionDigits: power > 1 ? 1 : 0 };
  return (bytes / STEP ** power).toLocaleString(locale, options);
}
