import { gettext } from "./lib/i18n.js";
import { isMe } from "./people/is_me.js";
import { element, icon } from "./ui/dom.js";

const CROSS = "M6 6l12 12M18 6L6 18";

/**
 * Puts the card of a link into the place that link_cards/show_link_card.js keeps for it. It is a script of its own,
 * loaded with the first card; its stylesheet is that of files.
 * @param {HTMLElement} place
 * @param {import("./messages/message_presenter.js").DisplayedMessage} message
 * @param {{id: string}} me
 */
export function fillCard(place, { author, card }, me) {
  document.querySelector("[data-files-sheet]").media = "all";
  const isMine = isMe(author, me);
  const key = JSON.stringify([card, isMine]);
  if (place.dataset.shown !== key) {
    place.dataset.shown = key;
    place.replaceChildren(newLink(card), ...(isMine ? [newRemoval()] : []));
  }
}

function newLink({ url, title, text, picture }) {
  const words = element("span", "link-card-words", line("title", title), line("text", text), line("host", new URL(url).host));
  const link = element("a", "link-card-link", ...(picture ? [newPicture(picture)] : []), words);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow ugc";
  return link;
}

function line(name, text) {
  const words = element("span", `link-card-${name}`, text);
  words.dir = "auto";
  return words;
}

function newPicture({ url, width, height }) {
  const picture = element("img", "link-card-picture");
  picture.loading = "lazy";
  picture.alt = "";
  Object.assign(picture, { width, height });
  picture.src = url;
  return picture;
}

/** It is pressed as all is that reading.js does. */
function newRemoval() {
  const removal = element("button", "icon-button link-card-removal", icon(CROSS));
  removal.type = "button";
  removal.dataset.reading = "removeCard";
  removal.ariaLabel = removal.title = gettext("Remove the card of this link");
  return removal;
}
