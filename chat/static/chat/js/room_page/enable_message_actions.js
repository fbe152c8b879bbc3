import { gettext } from "../lib/i18n.js";
import { MessageActions } from "../messages/message_actions.js";
import { excerpt } from "../messages/quote_view.js";
import { loadScript } from "./load_script.js";

/**
 * Connects the actions of a message.
 * @param {import("./model.js").Model} model
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {import("../composer/composer_view.js").ComposerView} composer
 * @param {import("./on_demand_views.js").OnDemandViews} onDemand
 * @param {import("./on_demand_views.js").OnDemandViews} reading
 * @param {import("../ui/toast.js").Toast} toast
 */
export function enableMessageActions(model, { view, pendingMessages }, composer, onDemand, reading, toast) {
  const { me, timeline, presenter, changes, ownReactions, outbox } = model;
  const explain = (isUnsent) =>
    isUnsent || toast.show(gettext("It may have been sent already. If so, it is deleted as soon as it shows up."));

  /** Shows who reacted, beginning with an emoji. */
  function showReactions(seq, emoji) {
    return onDemand.use((all) => all.reactionsSheet.open(() => presenter.present(seq)?.reactions ?? [], emoji));
  }

  const toggle = (message, emoji) => changes.react(message.seq, emoji, !ownReactions.has(message, emoji));
  const actions = new MessageActions(view, me, {
    nameOf: timeline.nameOf,
    toggle,
    pick(message, anchor) {
      onDemand.use((all) => all.emojiPicker.openForReaction(anchor, (emoji) => toggle(message, emoji)));
    },
    reactions: ({ seq }) => showReactions(seq),
    reactionsFrom: ({ seq }, emoji) => showReactions(seq, emoji),
    reply(message) {
      const author = { name: timeline.labelOf(message.author) };
      composer.startReply({ seq: message.seq, author, excerpt: excerpt(message) });
    },
    edit: (message) => composer.startEdit(message),
    person: (message, anchor) => reading.use((all) => all.openCard(anchor.closest(".message"))),
    ...Object.fromEntries(
      ["copyLink", "copyText", "delete", "report", "deleteLatest", "mute", "ban"].map((name) => [name, (message) => reading.use((all) => all[name](message))]),
    ),
  });
  pendingMessages.enableActions({
    cancel: async (id) => explain(await outbox.cancel(id)),
    async edit(id) {
      const { message, isUnsent } = outbox.hold(id);
      composer.startEdit({ pendingId: message.id, text: message.text, files: message.files });
      explain(await isUnsent);
    },
  });
  if (matchMedia("(any-pointer: coarse)").matches) {
    loadScript(async () => (await import("../touch.js")).enableGestures(actions));
  }
}
