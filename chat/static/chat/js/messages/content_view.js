import { element, setText } from "../ui/dom.js";
import { gettext } from "../lib/i18n.js";

/**
 * Shows what a line says.
 * @param {HTMLElement} place
 * @param {import("./types.js").Line} line
 * @param {{id: string}} me
 */
export function showContent(place, line, me) {
  const { text, html, deleted, kind, edited } = line;
  place.classList.toggle("is-deleted", deleted);
  const shown = deleted ? gettext("This message was deleted.") : kind === "topic" ? topicText(text) : text;
  const key = deleted || !html ? shown : html;
  if (place.dataset.shown !== `${key}${edited}`) {
    place.dataset.shown = `${key}${edited}`; // rewritten only where it differs, or it is announced again
    if (html && !deleted) {
      place.innerHTML = html; // rendered and sanitised by the server
      prepare(place, me);
    } else {
      setText(place, shown);
    }
    if (edited && !deleted) {
      place.append(element("span", "message-edited", ` ${gettext("(edited)")}`));
    }
  }
}

/** What a change of topic says. */
const topicText = (topic) => (topic ? gettext("set the topic: %(topic)s", { topic }) : gettext("cleared the topic"));

function prepare(place, me) {
  place.querySelectorAll(".mention").forEach((mention) => {
    const ids = mention.dataset.member?.split(" ") ?? [];
    mention.classList.toggle("is-me", mention.dataset.room !== undefined || ids.includes(me.id));
  });
  place.querySelectorAll(".spoiler").forEach((spoiler) => {
    spoiler.tabIndex = 0;
    spoiler.role = "button";
    spoiler.ariaLabel = gettext("Hidden: press to see");
  });
}

/** Opens what is hidden, wherever it is pressed. @param {HTMLElement} list */
export function openSpoilers(list) {
  const open = (event) => {
    const spoiler = event.target.closest(".spoiler:not(.is-open)");
    if (spoiler && (event.type === "click" || event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      spoiler.classList.add("is-open");
      spoiler.removeAttribute("role");
      spoiler.removeAttribute("aria-label");
      spoiler.tabIndex = -1; // it keeps the focus it may have, and is no stop any more
    }
  };
  list.addEventListener("click", open);
  list.addEventListener("keydown", open);
}
