import { loadScript } from "../room_page/load_script.js";
import { element } from "../ui/dom.js";

/**
 * Shows the card of a message's link. Its place is there at once; what is in it has a script of its own.
 * @param {HTMLElement} node  of the message
 * @param {import("../messages/message_presenter.js").DisplayedMessage} message
 * @param {{id: string}} me
 */
export async function showLinkCard(node, message, me) {
  const shown = node.querySelector(".link-card");
  if (!message.card) {
    shown?.remove();
    return;
  }
  const place = shown ?? element("div", "link-card");
  shown ?? node.querySelector(".message-body").insertBefore(place, node.querySelector(".reactions, .message-note"));
  (await loadScript(() => import("../link_cards.js")))?.fillCard(place, message, me);
}
