import { gettext } from "../lib/i18n.js";

/** Shows who keeps a room how many reports wait. @param {{open: number}} event */
export function showOpenReports({ open }) {
  const link = document.querySelector("[data-open-reports]");
  link.hidden = false;
  link.textContent = open ? gettext("Moderation (%(count)s)", { count: open }) : gettext("Moderation");
}
