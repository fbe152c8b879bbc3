import { language } from "./i18n.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const STEP = 1024; // as the server counts, and most systems

/** "12 kB", "3.4 MB". @param {number} bytes */
export function fileSize(bytes) {
  const index = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(STEP)));
  const value = bytes / STEP ** index;
  const digits = { maximumFractionDigits: index > 1 && value < 10 ? 1 : 0 };
  const unitDisplay = index ? "short" : "long";
  return new Intl.NumberFormat(language, { style: "unit", unit: UNITS[index], unitDisplay, ...digits }).format(value);
}
