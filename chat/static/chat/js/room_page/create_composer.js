import { ComposerView } from "../composer/composer_view.js";
import { Draft } from "../composer/draft.js";

const SPEAKER_MESSAGES = 200; // the latest messages, whose authors come first among mentions

/**
 * Creates the composer, and connects its actions: send, edit, run a command.
 * @param {import("./model.js").Model} model
 * @param {ReturnType<typeof import("./post.js").createPost>} post
 * @param {import("./create_dialogs.js").Dialogs} dialogs
 * @param {import("../lib/emoji_names.js").EmojiNames} emoji
 */
export function createComposer(model, post, dialogs, emoji) {
  const { me, room, timeline, people, changes, typing } = model;
  const commands = slashCommands(post, dialogs);
  const isOwn = ({ author, kind, deleted }) => author.id === me.id && !deleted && kind !== "topic";
  const composer = new ComposerView(
    {
      send: post,
      edit(seq, text) {
        const original = timeline.get(seq)?.text;
        changes.edit(seq, text, (detail) => {
          composer.startEdit({ seq, text, original });
          composer.showNote(detail);
        });
      },
      run: (command) => commands[command.kind](command),
      lastOwnMessage: () => timeline.findLast(isOwn),
      searchPeople: (query) => people.search(query, latestSpeakers(timeline)),
      onTyping: () => typing.sendTyping(),
      emoji,
    },
    new Draft(room.name),
  );
  return composer;
}

const slashCommands = (post, { nameDialog, helpDialog }) => ({
  nick: ({ name }) => nameDialog.rename(name),
  async topic({ topic }) {
    post(topic, { kind: "topic", replyTo: null });
    return null;
  },
  async help() {
    helpDialog.open();
    return null;
  },
});

/** The authors of the latest messages, the latest first. */
function latestSpeakers(timeline) {
  const authors = timeline.seqs.slice(-SPEAKER_MESSAGES).map((seq) => timeline.get(seq).author);
  const byId = new Map(authors.map(({ id, name }) => [id, { id, name: timeline.nameOf({ id, name }) }]).reverse());
  return [...byId.values()];
}
