import { LongPress } from "./touch/long_press.js";
import { OpenMessage } from "./touch/open_message.js";
import { QuickReactions } from "./touch/quick_reactions.js";
import { SwipeToReply } from "./touch/swipe_to_reply.js";
import { fitAboveVirtualKeyboard } from "./touch/visible_height.js";

const FELT_MS = 10;

/**
 * Enables what only touch screens have: a keyboard over the page; a long press opens a message's menu, or shows who reacted; a swipe replies.
 * @param {import("./messages/message_actions.js").MessageActions} actions
 */
export function enableGestures(actions) {
  const list = document.querySelector("[data-messages]");
  const vibrate = () => navigator.vibrate?.(FELT_MS);
  fitAboveVirtualKeyboard();
  new QuickReactions(actions);
  new OpenMessage(actions);
  new SwipeToReply(list, vibrate, (node) => actions.perform("reply", node));
  new LongPress(list, (target) => {
    const node = target.closest(".message[data-seq]");
    const chip = target.closest(".reaction");
    vibrate();
    return chip ? actions.perform("reactionsFrom", node, chip.dataset.emoji) : actions.openMenu(node);
  });
}
