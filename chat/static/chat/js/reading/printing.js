import { clockTime, fullDate } from "../lib/time.js";
import { linkAddress } from "./link_address.js";

/**
 * Prints all messages that are known, not only those in the document; with dates, clock times and addresses of links.
 * @param {import("../timeline/timeline_view.js").TimelineView} view
 */
export function enablePrinting(view) {
  let showLess = () => {};
  addEventListener("beforeprint", () => {
    showLess = view.showAll();
    document.querySelectorAll(".message").forEach(prepare);
    document.querySelectorAll("img[loading=lazy]").forEach((image) => (image.loading = "eager"));
  });
  addEventListener("afterprint", () => showLess());
}

/** The stylesheet for print shows these texts instead of "Today" and "5 minutes ago". */
function prepare(node) {
  const time = node.querySelector(".message-time");
  const sentAt = new Date(time.dateTime);
  time.dataset.printed = clockTime(sentAt);
  node.querySelector(".day-divider")?.setAttribute("data-printed", fullDate(sentAt));
  node.querySelectorAll(".message-text a[href]").forEach(addAddress);
}

/** An address is printed behind a link that reads otherwise. @param {HTMLAnchorElement} link */
function addAddress(link) {
  const [address, text] = [linkAddress(link), link.textContent].map((it) => it.replace(/\/$/, ""));
  if (!(/[.:]/.test(text) && address.endsWith(text))) {
    link.dataset.printed = linkAddress(link);
  }
}
