import { isMe } from "../people/is_me.js";
import { loadScript } from "../room_page/load_script.js";
import { element } from "../ui/dom.js";

/**
 * Shows the card of a message's link. Its place is there at once; what is in it has a script of its own.
 * @param {HTMLElement} node  of the message
 * @param {import("./message_presenter.js").DisplayedMessage} message
 * @param {{id: string}} me
 */
export async function showLinkCard(node, { card, author }, me) {
  const shown = node.querySelector(".link-card");
  const place = card && (shown ?? element("div", "link-card"));
  if (place) {
    shown ?? [...node.querySelectorAll(".message-text, .fold-toggle, .message-files")].pop().after(place);
    (await loadScript(() => import("../link_cards.js")))?.fillCard(place, card, isMe(author, me));
  } else {
    shown?.remove();
  }
}
