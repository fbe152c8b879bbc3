import { ComposerView } from "./composer_view.js";
import { Draft } from "./draft.js";
import { HistoryView } from "./history_view.js";
import { LettersView } from "./letters_view.js";
import { NameView } from "./name_view.js";
import { Outbox } from "./outbox.js";
import { OutboxStore } from "./outbox_store.js";
import { ShareView } from "./share_view.js";
import { RoomSocket } from "./socket.js";
import { StatusView } from "./status_view.js";
import { Timeline } from "./timeline.js";
import { TimelineView } from "./timeline_view.js";

const given = (id) => JSON.parse(document.getElementById(id).textContent);

const roomName = given("room-name");
const snapshot = given("snapshot");
const me = given("you");
const timeline = new Timeline();
const outbox = new Outbox(
  new OutboxStore(roomName),
  ({ id, text }) => socket.send({ type: "message.send", id, text }),
  () => view.showOutbox(),
);
const letters = new LettersView(outbox, timeline, me);
const view = new TimelineView(timeline, letters);
const history = new HistoryView(timeline, view);
const status = new StatusView(() => socket.hurry());

function take(messages) {
  messages.forEach(({ id }) => outbox.confirm(id));
  return timeline.put(messages);
}

const socket = new RoomSocket(socketAddress(), snapshot.version, {
  onWelcome(you) {
    Object.assign(me, you);
  },
  onRestart(page) {
    timeline.clear();
    take(page);
    timeline.hasOlder = page.length > 0 && page[0].seq > 1;
    view.restart();
    history.show();
  },
  onMessages(messages) {
    view.show(take(messages));
    history.show();
  },
  onError(error) {
    outbox.refuse(error);
  },
  onState(state) {
    status.show(state);
    letters.setConnected(state.name === "open");
    view.showOutbox();
    if (state.name === "open") {
      outbox.resend();
    }
  },
});

function socketAddress() {
  const url = new URL(`/ws/chat/${encodeURIComponent(roomName)}/`, location);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

new ComposerView((text) => {
  outbox.write(text);
  view.goToEnd();
}, new Draft(roomName));
new NameView((name) => {
  timeline.rename({ id: me.id, name });
  view.show([]);
});
new ShareView();

timeline.hasOlder = snapshot.more;
view.show(timeline.put(snapshot.messages));
view.goToEnd();
history.show();
socket.connect();
outbox.restore((id) => timeline.hasSeen(id));
