import { ActionsView } from "./messages/actions_view.js";
import { Announcer } from "./accessibility/announcer.js";
import { AnnouncerView } from "./accessibility/announcer_view.js";
import { Changes, hasReacted } from "./net/changes.js";
import { ComposerView } from "./composer/composer_view.js";
import { openSpoilers } from "./messages/content_view.js";
import { closeDialogs, confirmed } from "./ui/dialogs.js";
import { Draft } from "./composer/draft.js";
import { EmojiNames } from "./lib/emoji.js";
import { FocusKeeper } from "./accessibility/focus_keeper.js";
import { HelpView } from "./ui/help_view.js";
import { HistoryView } from "./timeline/history_view.js";
import { gettext } from "./lib/i18n.js";
import { install } from "./pwa/install.js";
import { makeRoomForKeyboard } from "./keyboard/keyboard_room.js";
import { takeKeys } from "./keyboard/keys.js";
import { keepRoom, keepRooms } from "./rooms/known_rooms.js";
import { LettersView } from "./messages/letters_view.js";
import { Lines } from "./messages/lines.js";
import { NameView } from "./people/name_view.js";
import { NewLine } from "./timeline/new_line.js";
import { Notices } from "./notifications/notices.js";
import { Originals } from "./messages/originals.js";
import { Outbox } from "./net/outbox.js";
import { OutboxStore } from "./net/outbox_store.js";
import { pages } from "./net/pages.js";
import { PanesView } from "./ui/panes_view.js";
import { People } from "./people/people.js";
import { PeopleView } from "./people/people_view.js";
import { PermalinkView } from "./timeline/permalink_view.js";
import { Place } from "./timeline/place.js";
import { frames, isPost, means } from "./net/protocol.js";
import { excerpt } from "./messages/quote_view.js";
import { ReactionPicker } from "./messages/reaction_picker.js";
import { dismissWho } from "./messages/reactions_view.js";
import { Reading } from "./timeline/reading.js";
import { RoomMenu } from "./rooms/room_menu.js";
import { Rooms } from "./rooms/rooms.js";
import { RoomsView } from "./rooms/rooms_view.js";
import { ShareView } from "./rooms/share_view.js";
import { RoomSocket } from "./net/socket.js";
import { StatusView } from "./ui/status_view.js";
import { SwitcherView } from "./rooms/switcher_view.js";
import { ThemeView } from "./ui/theme_view.js";
import { Timeline } from "./timeline/timeline.js";
import { TimelineView } from "./timeline/timeline_view.js";
import { TimesView } from "./timeline/times_view.js";
import { TitleView } from "./notifications/title_view.js";
import { Toast } from "./ui/toast.js";
import { TopicView } from "./rooms/topic_view.js";
import { Typing } from "./people/typing.js";
import { TypingView } from "./people/typing_view.js";
import { UnreadView } from "./timeline/unread_view.js";
import { Walk } from "./accessibility/walk.js";

const SPEAKERS = 200; // messages back, for who spoke lately

const given = (id) => JSON.parse(document.getElementById(id).textContent);

// --- what there is to know ---------------------------------------------------------------------

const roomName = given("room-name");
const snapshot = given("snapshot");
const me = given("you");
const emoji = new EmojiNames(document.querySelector("[data-composer]").dataset.emojiUrl);

const timeline = new Timeline();
const originals = new Originals(pages.at, () => view.refresh(({ reply_to }) => reply_to !== null));
const newLine = new NewLine(snapshot.read < snapshot.version ? snapshot.read : null, timeline, me);
const lines = new Lines(timeline, originals, newLine, me);
const outbox = new Outbox(
  new OutboxStore(roomName),
  (letter) => socket.send(frames.send(letter)),
  () => view.showOutbox(),
);
const people = new People(me);
const typing = new Typing(
  me,
  () => socket.whisper(frames.typing()),
  () => typingView.show(),
);
const reading = new Reading(snapshot.read, (seq) => socket.whisper(frames.read(seq)));
const rooms = new Rooms(roomName, () => socket.whisper(frames.rooms()));
const toast = new Toast();
const changes = new Changes(
  me,
  (frame) => socket.send(frame),
  (detail) => toast.say(detail),
);

// --- what shows it -----------------------------------------------------------------------------

const letters = new LettersView(outbox, timeline, me, (seq) => lines.quote(seq));
const place = new Place(() => view.showsEnd);
const view = new TimelineView({ timeline, lines, letters, me }, place, { seen, backToNow });
const history = new HistoryView(timeline, view, place);
const permalink = new PermalinkView(timeline, view, history, (detail) => toast.say(detail));
const unread = new UnreadView(newLine, (seq) => permalink.goAfter(seq));
const status = new StatusView(() => socket.hurry());
const topic = new TopicView((text) => post(text, { kind: "topic", replyTo: null }));
const peopleView = new PeopleView(people, me, ({ name }) => composer.mention(name));
const typingView = new TypingView(typing);
const roomMenu = new RoomMenu(
  (detail) => toast.say(detail),
  (name) => (name === roomName ? location.assign("/") : socket.whisper(frames.rooms())),
);
const roomsView = new RoomsView(rooms, (room, anchor) => roomMenu.open(room, anchor));
const switcher = new SwitcherView(rooms);
const helpView = new HelpView();
const panes = new PanesView();
const titleView = new TitleView();
const announcer = new AnnouncerView(new Announcer(me, (author) => timeline.nameOf(author)));
const notices = new Notices(roomName);
const picker = new ReactionPicker(emoji);
const names = new NameView((name) => {
  timeline.rename({ id: me.id, name });
  me.name = name;
  view.show([]);
});
let hiddenNews = { unread: 0, mentions: 0 }; // in this room, since nobody looks

// --- what comes in -----------------------------------------------------------------------------

const socket = new RoomSocket(socketAddress(), snapshot.version, {
  onWelcome({ you, room }) {
    Object.assign(me, you);
    names.show(me.name);
    topic.show(room.topic ?? "");
  },
  onRestart(page) {
    timeline.clear();
    originals.clear();
    take(page);
    announcer.takeMany();
    timeline.hasOlder = page.length > 0 && page[0].seq > 1;
    view.restart();
    history.show();
  },
  onMessages(messages) {
    const news = take(messages);
    announcer.take(messages);
    if (timeline.hasNewer) {
      view.missed(messages.filter(isPost).length);
    }
    view.show(news);
    refreshQuotes(messages);
    history.show();
    notice(messages.filter((message) => isPost(message) && message.author.id !== me.id));
  },
  onSoft(event) {
    soft[event.type](event);
  },
  onError(error) {
    changes.refuse(error) || outbox.refuse(error) || toast.say(error.detail);
  },
  onState(state) {
    status.show(state);
    letters.setConnected(state.name === "open");
    view.showOutbox();
    if (state.name === "open") {
      announcer.listen();
      outbox.resend();
      changes.resend();
      reading.resend();
      socket.whisper(frames.rooms());
    }
  },
});

const soft = {
  presence(presence) {
    people.replace(presence);
    presence.people.forEach((person) => timeline.rename(person));
    peopleView.show();
    view.show([]);
  },
  typing: (event) => typing.replace(event),
  read({ room, seq }) {
    rooms.read(room, seq);
    if (room === roomName) {
      reading.follow(seq);
    }
    showNews();
  },
  rooms({ rooms: listed }) {
    rooms.replace(listed);
    keepRooms(listed.map(({ name, posted_at: at }) => ({ name, at })));
    showNews();
  },
  news({ rooms: news }) {
    rooms.take(news);
    news.filter(({ mentions }) => mentions.length).forEach(({ name }) => notices.tellOf(name));
    showNews();
  },
};

function take(messages) {
  messages.forEach(({ id }) => outbox.confirm(id));
  changes.settle(messages);
  originals.take(messages);
  topic.take(messages);
  messages.filter(isPost).forEach(({ author }) => typing.ended(author.id));
  if (messages.length) {
    rooms.posted(new Date(messages.at(-1).sent_at));
  }
  return timeline.put(messages);
}

/** What quotes a message says what it says now. */
function refreshQuotes(messages) {
  const changed = new Set(messages.filter((message) => !isPost(message)).map(({ seq }) => seq));
  if (changed.size) {
    view.refresh((message) => changed.has(message.reply_to));
  }
}

/** Somebody said something: worth a word if nobody looks. */
function notice(messages) {
  if (document.hidden && messages.length) {
    hiddenNews.unread += messages.length;
    for (const message of messages.filter((message) => means(message, me))) {
      hiddenNews.mentions += 1;
      notices.tell(message);
    }
  }
  showNews();
}

function showNews() {
  roomsView.show();
  switcher.show();
  const elsewhere = rooms.all;
  const sum = (counts) => counts.reduce((total, count) => total + count, 0);
  titleView.show({
    unread: hiddenNews.unread + sum(elsewhere.map((room) => room.unread)),
    mentions: hiddenNews.mentions + sum(elsewhere.map((room) => room.mentions)),
  });
}

/** I have seen everything up to a message. */
function seen(seq) {
  reading.seen(seq);
  unread.show();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    newLine.move(timeline.newest === reading.seq ? timeline.newest : newLine.after);
    view.refresh();
  } else {
    hiddenNews = { unread: 0, mentions: 0 };
    showNews();
  }
});

// --- what goes out -----------------------------------------------------------------------------

function socketAddress() {
  const url = new URL(`/ws/chat/${encodeURIComponent(roomName)}/`, location);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function post(text, how) {
  typing.stop();
  outbox.write(text, how);
  const { first } = newLine;
  newLine.move(null);
  view.refresh(({ seq }) => seq === first);
  unread.show();
  view.goToEnd();
}

/** Shows the end of the room, where the page looks elsewhere. */
async function backToNow() {
  try {
    const page = await pages.latest();
    timeline.replace(page.messages, page);
    window.history.replaceState(null, "", location.pathname);
    view.restart();
    history.show();
  } catch {
    toast.say(gettext("The latest messages cannot be fetched just now."));
  }
}

const composer = new ComposerView(
  {
    write: post,
    edit(seq, text) {
      const was = timeline.get(seq)?.text;
      changes.edit(seq, text, (detail) => {
        composer.startEdit({ seq, text, was });
        composer.say(detail);
      });
    },
    run: (command) => run[command.kind](command),
    lastOfMine: () => timeline.findLast(({ author, kind, deleted }) => author.id === me.id && !deleted && kind !== "topic"),
    people: (query) => people.find(query, speakers()),
    typed: () => typing.sign(),
    emoji,
  },
  new Draft(roomName),
);

const run = {
  nick: ({ name }) => names.rename(name),
  async topic({ topic: text }) {
    post(text, { kind: "topic", replyTo: null });
    return null;
  },
  async help() {
    helpView.open();
    return null;
  },
};

/** Who spoke lately, the latest first. */
function speakers() {
  const authors = timeline.seqs.slice(-SPEAKERS).map((seq) => timeline.get(seq).author);
  const latest = new Map(authors.map(({ id, name }) => [id, { id, name: timeline.nameOf({ id, name }) }]).reverse());
  return [...latest.values()];
}

new ActionsView(view, me, {
  react: (message, emoji, on) => changes.react(message.seq, emoji, on),
  pick(message, anchor) {
    picker.open(anchor, (emoji) => changes.react(message.seq, emoji, !hasReacted(message, emoji, me)));
  },
  reply(message) {
    const author = { name: timeline.nameOf(message.author) };
    composer.startReply({ seq: message.seq, author, excerpt: excerpt(message) });
  },
  edit: ({ seq, text }) => composer.startEdit({ seq, text }),
  copyLink: ({ seq }) => permalink.copy(seq),
  async copyText({ text }) {
    await navigator.clipboard?.writeText(text);
  },
  async delete({ seq }) {
    if (await confirmed(document.querySelector("[data-delete-dialog]"))) {
      changes.delete(seq);
    }
  },
});
new Walk(view, () => composer.focus());
new FocusKeeper(document.querySelector("#chat-log"));
openSpoilers(document.querySelector("[data-messages]"));
install();
makeRoomForKeyboard();
new TimesView(() => view.refresh());
new ThemeView();
ShareView.begin();
closeDialogs();
takeKeys({
  switchRooms: () => switcher.toggle(),
  help: () => helpView.open(),
  write: () => composer.focus(),
  closers: [dismissWho, () => panes.close(), () => composer.close(), leaveTimeline],
});

/** From the messages back to writing. */
function leaveTimeline() {
  const isThere = document.activeElement.closest("#chat-log") !== null;
  isThere && composer.focus();
  return isThere;
}

// --- how it begins -----------------------------------------------------------------------------

timeline.hasOlder = snapshot.more;
topic.take(snapshot.messages);
view.show(timeline.put(snapshot.messages));
view.begin(newLine.first);
history.show();
unread.show();
keepRoom(roomName);
socket.connect();
outbox.restore((id) => timeline.hasSeen(id));
permalink.follow();
