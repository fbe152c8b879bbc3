// Entry point of the page that searches all of my rooms, or one.
import { fullDateTime, timeOrDate } from "./lib/time.js";
import { tellAccount } from "./people/account_channel.js";
import { SearchView } from "./search/search_view.js";
import { ThemeChoice } from "./ui/theme_choice.js";

const page = document.querySelector("[data-search-page]");
const plain = document.querySelector("[data-search-plain]"); // what the server found, until the script has found it
const room = page.dataset.room || null;

new ThemeChoice();
tellAccount();
plain.querySelectorAll("[data-moment]").forEach((node) => {
  const moment = new Date(node.dateTime);
  node.textContent = timeOrDate(moment);
  node.title = fullDateTime(moment);
});

const view = new SearchView(page, room, {
  onResult: () => {}, // a link
  onSearch: showInAddress,
  onDay: () => {},
  onEscape: () => {},
});
const asked = new URLSearchParams(location.search).get("q");
let hasStarted = !asked;
asked && view.start(asked).then(() => {
  hasStarted = true;
  plain.remove();
});

/** So that Back, from a message, comes back to what was found. */
function showInAddress({ query, scope }) {
  const fields = { q: query, ...(room && scope === "room" ? { room } : {}) };
  history.replaceState(history.state, "", `?${new URLSearchParams(fields)}`);
  hasStarted && plain.remove();
}
