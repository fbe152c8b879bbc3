import { isFewEmoji } from "../lib/few_emoji.js";
import { gettext, ngettext } from "../lib/i18n.js";
import { textLanguage } from "../lib/text_language.js";
import { isMe } from "../people/is_me.js";
import { element } from "../ui/dom.js";
import { addCopyButtons } from "./code_blocks.js";
import { fold } from "./folds.js";
import { showRoomLinks } from "./room_links.js";

/**
 * Shows the text of a message.
 * @param {HTMLElement} container
 * @param {import("./message_presenter.js").DisplayedMessage} message
 * @param {{id: string}} me
 * @param {boolean} isFolded  whether to show the first lines alone
 */
export function showContent(container, message, me, isFolded) {
  const { text, html, deleted, kind, edited } = message;
  container.classList.toggle("is-deleted", deleted);
  const plain = kind === "topic" && !deleted ? topicText(text) : text;
  const isFormatted = html && !deleted && kind !== "topic"; // a topic is one line, as the header shows it
  const key = `${isFormatted ? html + me.id + (me.claimed ?? "") : plain}${edited}${isFolded}`;
  if (container.dataset.shown !== key) {
    container.dataset.shown = key; // written only where it differs, or it is announced again
    if (isFormatted) {
      container.innerHTML = html; // rendered and sanitised by the server
      prepare(container, me);
    } else {
      container.textContent = plain;
    }
    markLanguage(container);
    container.querySelectorAll("em").forEach(markLanguage);
    container.classList.toggle("is-emoji", !deleted && isFewEmoji(container.textContent));
    isFolded && fold(container);
    if (edited && !deleted) {
      container.append(element("span", "message-edited", ` ${gettext("(edited)")}`));
    }
  }
}

const topicText = (topic) => (topic ? gettext("set the topic: %(topic)s", { topic }) : gettext("removed the topic"));

/** Sets the language of a text, if its letters say one; a part in Latin letters has none. */
function markLanguage(node) {
  const language = textLanguage(node.textContent);
  if (language || node.localName === "em") {
    node.lang = language;
  } else {
    node.removeAttribute("lang");
  }
}

function prepare(container, me) {
  container.querySelectorAll(".mention").forEach((mention) => {
    const ids = mention.dataset.member?.split(" ") ?? [];
    const { others } = mention.dataset;
    if (others) {
      mention.title = ngettext(
        "%(count)s more person of this name was not notified",
        "%(count)s more people of this name were not notified",
        Number(others),
      );
    }
    mention.classList.toggle("is-me", mention.dataset.room !== undefined || ids.some((id) => isMe({ id }, me)));
    if (ids.length) {
      mention.dataset.reading = "openCard";
      mention.closest(".spoiler") || makeButton(mention); // no button in a button
    }
  });
  showRoomLinks(container);
  container.querySelectorAll("blockquote, ul, ol, th, td").forEach((block) => {
    block.dir = "auto"; // bars and bullets on the side on which the text starts; an item follows its list
  });
  addCopyButtons(container);
  container.querySelectorAll(".spoiler").forEach((spoiler) => {
    makeButton(spoiler);
    spoiler.dataset.reading = "openSpoiler";
    spoiler.ariaLabel = gettext("Spoiler. Press to show");
  });
}

function makeButton(node) {
  node.tabIndex = 0;
  node.role = "button";
}
