import { enableAttachments } from "../attachments/enable_attachments.js";
import { ComposerView } from "../composer/composer_view.js";
import { Draft } from "../composer/draft.js";
import { gettext } from "../lib/i18n.js";
import { avatarColors } from "../people/avatar_colors.js";
import { isMyText } from "../people/is_me.js";

const SPEAKER_MESSAGES = 200; // the latest messages, whose authors come first among mentions

/**
 * Creates the composer, and connects its actions: send, edit, run a command.
 * @param {import("./model.js").Model} model
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @param {ReturnType<typeof import("./post.js").createPost>} post
 * @param {import("./create_dialogs.js").Dialogs} dialogs
 * @param {import("../ui/toast.js").Toast} toast
 */
export function createComposer(model, timelineViews, post, dialogs, toast) {
  const { me, room, timeline, people, changes, typing, outbox } = model;
  const searchPeople = (query) => people.search(query, latestSpeakers(timeline));
  const avatarColor = (id) => avatarColors.of(id);
  const isOwn = (message) => isMyText(message, me) && !message.deleted;
  const attachments = enableAttachments(model, timelineViews, () => composer, toast);
  const composer = new ComposerView(
    {
      send: post,
      edit(seq, text, edited) {
        const { text: original, files } = timeline.get(seq) ?? {};
        const onError = (detail) => {
          composer.startEdit({ seq, text, original, files });
          composer.showNote(detail);
        };
        changes.edit(seq, text, onError, edited);
      },
      rewrite(id, text, files) {
        const sent = timeline.findLast((it) => it.id === id && isOwn(it)); // by another tab
        sent ? this.edit(sent.seq, text) : outbox.rewrite(id, text, files);
      },
      release: (id) => outbox.release(id),
      tray: () => attachments.loaded?.tray,
      onEdit: async (edited) => (await attachments.load())?.tray.setEdited(edited),
      async run(command) {
        const views = await dialogs.onDemand.load();
        const failure = gettext("This could not be loaded. Try again in a moment.");
        return views ? views.runCommand(command, { model, post, dialogs, toast, declared: views.declared }) : failure;
      },
      lastOwnMessage: () => timeline.findLast(isOwn),
      onTyping: () => typing.sendTyping(),
      onTypingEnd: () => typing.stopTyping(),
      async newCompletion(areCommands) {
        const views = await dialogs.onDemand.load();
        return views && views.createCompletion({ me, areCommands, emoji: views.emoji, searchPeople, avatarColor });
      },
      pickEmoji: (anchor, onPick) => dialogs.onDemand.use(({ emojiPicker }) => emojiPicker.openForText(anchor, onPick)),
    },
    new Draft(room),
  );
  return composer;
}

/** The authors of the latest messages, the latest first. */
function latestSpeakers(timeline) {
  const authors = timeline.messages.slice(-SPEAKER_MESSAGES).map(({ author }) => author);
  const byId = new Map(authors.map(({ id, name, picture }) => [id, { id, name: timeline.nameOf({ id, name }), picture }]).reverse());
  return [...byId.values()];
}
