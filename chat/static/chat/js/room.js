import { MessageActions } from "./messages/message_actions.js";
import { Announcer } from "./accessibility/announcer.js";
import { AnnouncerView } from "./accessibility/announcer_view.js";
import { PendingChanges, hasReacted } from "./net/pending_changes.js";
import { ComposerView } from "./composer/composer_view.js";
import { enableSpoilers } from "./messages/message_content.js";
import { enableDialogClosing, confirmDialog } from "./ui/dialogs.js";
import { Draft } from "./composer/draft.js";
import { EmojiNames } from "./lib/emoji_names.js";
import { FocusKeeper } from "./accessibility/focus_keeper.js";
import { HelpDialog } from "./ui/help_dialog.js";
import { InfiniteScroll } from "./timeline/infinite_scroll.js";
import { gettext } from "./lib/i18n.js";
import { registerServiceWorker } from "./pwa/service_worker_registration.js";
import { fitAboveVirtualKeyboard } from "./keyboard/virtual_keyboard.js";
import { handleGlobalShortcuts } from "./keyboard/global_shortcuts.js";
import { saveRoom, saveRooms } from "./rooms/saved_rooms.js";
import { PendingMessagesView } from "./messages/pending_messages_view.js";
import { MessagePresenter } from "./messages/message_presenter.js";
import { NameDialog } from "./people/name_dialog.js";
import { UnreadMarker } from "./timeline/unread_marker.js";
import { DesktopNotifications } from "./notifications/desktop_notifications.js";
import { QuotedMessages } from "./messages/quoted_messages.js";
import { Outbox } from "./net/outbox.js";
import { OutboxStore } from "./net/outbox_store.js";
import { historyApi } from "./net/history_api.js";
import { Panes } from "./ui/panes.js";
import { People } from "./people/people.js";
import { PeopleView } from "./people/people_view.js";
import { Permalinks } from "./timeline/permalinks.js";
import { ScrollAnchor } from "./timeline/scroll_anchor.js";
import { frames, isPost, mentionsPerson } from "./net/protocol.js";
import { excerpt } from "./messages/quote_view.js";
import { ReactionPicker } from "./messages/reaction_picker.js";
import { hideReactionTooltip } from "./messages/reactions_view.js";
import { ReadPointer } from "./timeline/read_pointer.js";
import { RoomMenu } from "./rooms/room_menu.js";
import { Rooms } from "./rooms/rooms.js";
import { RoomsView } from "./rooms/rooms_view.js";
import { enableSharing } from "./rooms/share_view.js";
import { RoomSocket } from "./net/socket.js";
import { ConnectionStatus } from "./ui/connection_status.js";
import { RoomSwitcher } from "./rooms/room_switcher.js";
import { ThemeChoice } from "./ui/theme_choice.js";
import { Timeline } from "./timeline/timeline.js";
import { TimelineView } from "./timeline/timeline_view.js";
import { TimestampRefresher } from "./timeline/timestamps.js";
import { TitleBadge } from "./notifications/title_badge.js";
import { Toast } from "./ui/toast.js";
import { TopicView } from "./rooms/topic_view.js";
import { Typing } from "./people/typing.js";
import { TypingIndicator } from "./people/typing_indicator.js";
import { UnreadBar } from "./timeline/unread_bar.js";
import { RovingFocus } from "./accessibility/roving_focus.js";

const SPEAKER_MESSAGES = 200; // whose authors come first when a mention is completed

const given = (id) => JSON.parse(document.getElementById(id).textContent);

// --- what there is to know ---------------------------------------------------------------------

const roomName = given("room-name");
const snapshot = given("snapshot");
const me = given("you");
const emoji = new EmojiNames(document.querySelector("[data-composer]").dataset.emojiUrl);

const timeline = new Timeline();
const quotedMessages = new QuotedMessages(historyApi.bySeqs);
const unreadMarker = new UnreadMarker(snapshot.read < snapshot.version ? snapshot.read : null, timeline, me);
const presenter = new MessagePresenter(timeline, quotedMessages, unreadMarker, me);
const outbox = new Outbox(new OutboxStore(roomName), (message) => socket.send(frames.send(message)));
const people = new People(me);
const typing = new Typing(me, () => socket.sendBestEffort(frames.typing()));
const readPointer = new ReadPointer(snapshot.read, (seq) => socket.sendBestEffort(frames.read(seq)));
const rooms = new Rooms(roomName, () => socket.sendBestEffort(frames.rooms()));
const toast = new Toast();
const changes = new PendingChanges(
  me,
  (frame) => socket.send(frame),
  (detail) => toast.show(detail),
);

// --- what shows it -----------------------------------------------------------------------------

const pendingMessages = new PendingMessagesView(outbox, timeline, me, (seq) => presenter.quote(seq));
const scrollAnchor = new ScrollAnchor();
const viewActions = { onSeen, onLeavePast };
const view = new TimelineView({ timeline, presenter, pendingMessages, me }, scrollAnchor, viewActions);
const infiniteScroll = new InfiniteScroll(timeline, view, scrollAnchor);
const permalinks = new Permalinks(timeline, view, infiniteScroll, (detail) => toast.show(detail));
const unreadBar = new UnreadBar(unreadMarker, (seq) => permalinks.goAfter(seq));
const status = new ConnectionStatus(() => socket.connectNow());
const topic = new TopicView((text) => post(text, { kind: "topic", replyTo: null }));
const peopleView = new PeopleView(people, me, ({ name }) => composer.insertMention(name));
new TypingIndicator(typing);
const roomMenu = new RoomMenu(
  (detail) => toast.show(detail),
  (name) => (name === roomName ? location.assign("/") : socket.sendBestEffort(frames.rooms())),
);
const roomsView = new RoomsView(rooms, (room, anchor) => roomMenu.open(room, anchor));
const switcher = new RoomSwitcher(rooms);
const helpDialog = new HelpDialog();
const panes = new Panes();
const titleBadge = new TitleBadge();
const announcer = new AnnouncerView(new Announcer(me, (author) => timeline.nameOf(author)));
const notifications = new DesktopNotifications(roomName);
const picker = new ReactionPicker(emoji);
const nameDialog = new NameDialog((name) => {
  timeline.rename({ id: me.id, name });
  me.name = name;
  view.show([]);
});
let missed = { unread: 0, mentions: 0 }; // in this room, while the page is hidden

outbox.listen(() => view.showOutbox());
quotedMessages.listen(() => view.refresh(({ reply_to }) => reply_to !== null));

// --- what comes in -----------------------------------------------------------------------------

const socket = new RoomSocket(socketUrl(), snapshot.version);

const listener = {
  onHello({ you, room }) {
    Object.assign(me, you);
    nameDialog.show(me.name);
    topic.show(room.topic ?? "");
  },
  onReset(page) {
    timeline.clear();
    quotedMessages.clear();
    apply(page);
    announcer.announceMany();
    timeline.hasOlder = page.length > 0 && page[0].seq > 1;
    view.restart();
    infiniteScroll.updateStart();
  },
  onMessages(messages) {
    const changed = apply(messages);
    announcer.add(messages);
    if (timeline.hasNewer) {
      view.addMissed(messages.filter(isPost).length);
    }
    view.show(changed);
    refreshQuotes(messages);
    infiniteScroll.updateStart();
    notify(messages.filter((message) => isPost(message) && message.author.id !== me.id));
  },
  onSoftEvent(event) {
    softEvents[event.type](event);
  },
  onError(error) {
    changes.handleError(error) || outbox.handleError(error) || toast.show(error.detail);
  },
  onState(state) {
    status.show(state);
    pendingMessages.setConnected(state.name === "open");
    view.showOutbox();
    if (state.name === "open") {
      announcer.start();
      outbox.resend();
      changes.resend();
      readPointer.resend();
      socket.sendBestEffort(frames.rooms());
    }
  },
};

const softEvents = {
  presence(presence) {
    people.replace(presence);
    presence.people.forEach((person) => timeline.rename(person));
    peopleView.update();
    view.show([]);
  },
  typing: (event) => typing.replace(event),
  read({ room, seq }) {
    rooms.markRead(room, seq);
    if (room === roomName) {
      readPointer.applyRemote(seq);
    }
    showNews();
  },
  rooms({ rooms: listed }) {
    rooms.replace(listed);
    saveRooms(listed.map(({ name, posted_at: at }) => ({ name, at })));
    showNews();
  },
  news({ rooms: news }) {
    rooms.applyNews(news);
    news.filter(({ mentions }) => mentions.length).forEach(({ name }) => notifications.showMentionIn(name));
    showNews();
  },
};

/** Puts messages into the model. Returns those that changed something. */
function apply(messages) {
  messages.forEach(({ id }) => outbox.confirm(id));
  changes.confirm(messages);
  quotedMessages.update(messages);
  topic.update(messages);
  messages.filter(isPost).forEach(({ author }) => typing.remove(author.id));
  if (messages.length) {
    rooms.markActive(new Date(messages.at(-1).sent_at));
  }
  return timeline.put(messages);
}

/** Shows changed messages where they are quoted. */
function refreshQuotes(messages) {
  const changed = new Set(messages.filter((message) => !isPost(message)).map(({ seq }) => seq));
  if (changed.size) {
    view.refresh((message) => changed.has(message.reply_to));
  }
}

/** Counts and notifies of posts by others while the page is hidden. */
function notify(messages) {
  if (document.hidden && messages.length) {
    missed.unread += messages.length;
    for (const message of messages.filter((message) => mentionsPerson(message, me))) {
      missed.mentions += 1;
      notifications.showMention(message);
    }
  }
  showNews();
}

function showNews() {
  roomsView.update();
  switcher.update();
  const elsewhere = rooms.all;
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  titleBadge.show({
    unread: missed.unread + sum(elsewhere.map((room) => room.unread)),
    mentions: missed.mentions + sum(elsewhere.map((room) => room.mentions)),
  });
}

function onSeen(seq) {
  readPointer.advance(seq);
  unreadBar.update();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    unreadMarker.move(timeline.newest === readPointer.seq ? timeline.newest : unreadMarker.lastRead);
    view.refresh();
  } else {
    missed = { unread: 0, mentions: 0 };
    showNews();
  }
});

// --- what goes out -----------------------------------------------------------------------------

function socketUrl() {
  const url = new URL(`/ws/chat/${encodeURIComponent(roomName)}/`, location);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function post(text, options) {
  typing.reset();
  outbox.add(text, options);
  const { firstUnread } = unreadMarker;
  unreadMarker.move(null);
  view.refresh(({ seq }) => seq === firstUnread);
  unreadBar.update();
  view.goToEnd();
}

/** Fetches the latest messages, when the timeline is an earlier part of the room. */
async function onLeavePast() {
  try {
    const page = await historyApi.latest();
    timeline.replace(page.messages, page);
    window.history.replaceState(null, "", location.pathname);
    view.restart();
    infiniteScroll.updateStart();
  } catch {
    toast.show(gettext("The latest messages cannot be fetched just now."));
  }
}

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
    run: (command) => run[command.kind](command),
    lastOwnMessage: () => timeline.findLast(({ author, kind, deleted }) => author.id === me.id && !deleted && kind !== "topic"),
    searchPeople: (query) => people.search(query, speakers()),
    onTyping: () => typing.sendTyping(),
    emoji,
  },
  new Draft(roomName),
);

const run = {
  nick: ({ name }) => nameDialog.rename(name),
  async topic({ topic: text }) {
    post(text, { kind: "topic", replyTo: null });
    return null;
  },
  async help() {
    helpDialog.open();
    return null;
  },
};

/** The latest authors, the latest first. */
function speakers() {
  const authors = timeline.seqs.slice(-SPEAKER_MESSAGES).map((seq) => timeline.get(seq).author);
  const latest = new Map(authors.map(({ id, name }) => [id, { id, name: timeline.nameOf({ id, name }) }]).reverse());
  return [...latest.values()];
}

new MessageActions(view, me, {
  react: (message, emoji, on) => changes.react(message.seq, emoji, on),
  pick(message, anchor) {
    picker.open(anchor, (emoji) => changes.react(message.seq, emoji, !hasReacted(message, emoji, me)));
  },
  reply(message) {
    const author = { name: timeline.nameOf(message.author) };
    composer.startReply({ seq: message.seq, author, excerpt: excerpt(message) });
  },
  edit: ({ seq, text }) => composer.startEdit({ seq, text }),
  copyLink: ({ seq }) => permalinks.copy(seq),
  async copyText({ text }) {
    await navigator.clipboard?.writeText(text);
  },
  async delete({ seq }) {
    if (await confirmDialog(document.querySelector("[data-delete-dialog]"))) {
      changes.delete(seq);
    }
  },
});
new RovingFocus(view, () => composer.focus());
new FocusKeeper(document.querySelector("#chat-log"));
enableSpoilers(document.querySelector("[data-messages]"));
registerServiceWorker();
fitAboveVirtualKeyboard();
new TimestampRefresher(() => view.refresh());
new ThemeChoice();
enableSharing();
enableDialogClosing();
handleGlobalShortcuts({
  switchRooms: () => switcher.toggle(),
  openHelp: () => helpDialog.open(),
  focusComposer: () => composer.focus(),
  closers: [hideReactionTooltip, () => panes.close(), () => composer.close(), leaveTimeline],
});

/** From the messages to the composer. */
function leaveTimeline() {
  const isThere = document.activeElement.closest("#chat-log") !== null;
  isThere && composer.focus();
  return isThere;
}

// --- how it begins -----------------------------------------------------------------------------

timeline.hasOlder = snapshot.more;
topic.update(snapshot.messages);
view.show(timeline.put(snapshot.messages));
view.start(unreadMarker.firstUnread);
infiniteScroll.updateStart();
unreadBar.update();
saveRoom(roomName);
socket.start(listener);
outbox.restore((id) => timeline.hasSeen(id));
permalinks.followLocation();
