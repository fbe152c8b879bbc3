import { copyText } from "../ui/clipboard.js";
import { gettext } from "../lib/i18n.js";
import { MessageActions } from "../messages/message_actions.js";
import { enableSpoilers } from "../messages/message_content.js";
import { excerpt } from "../messages/quote_view.js";
import { confirmDialog } from "../ui/dialogs.js";

/**
 * Connects the actions of a message.
 * @param {import("./model.js").Model} model
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {import("../composer/composer_view.js").ComposerView} composer
 * @param {import("./on_demand_views.js").OnDemandViews} onDemand
 * @param {import("../ui/toast.js").Toast} toast
 */
export function enableMessageActions({ me, timeline, changes, ownReactions }, { view, permalinks }, composer, onDemand, toast) {
  new MessageActions(view, me, {
    react: ({ seq }, emoji, on) => changes.react(seq, emoji, on),
    pick(message, anchor) {
      const onPick = (emoji) => changes.react(message.seq, emoji, !ownReactions.has(message, emoji));
      onDemand.use(({ reactionPicker }) => reactionPicker.open(anchor, onPick));
    },
    reply(message) {
      const author = { name: timeline.nameOf(message.author) };
      composer.startReply({ seq: message.seq, author, excerpt: excerpt(message) });
    },
    edit: ({ seq, text }) => composer.startEdit({ seq, text }),
    copyLink: ({ seq }) => permalinks.copy(seq),
    async copyText({ text }) {
      toast.show((await copyText(text)) ? gettext("Text copied.") : gettext("The browser refuses to copy."));
    },
    async delete({ seq }) {
      if (await confirmDialog(document.querySelector("[data-delete-dialog]"))) {
        changes.delete(seq);
      }
    },
  });
  enableSpoilers(document.querySelector("[data-messages]"));
}
