// Entry point of the room page: creates its parts and connects them.
import { roomAddress } from "./lib/addresses.js";
import { RoomSocket, roomSocketUrl } from "./net/socket.js";
import { permission as notificationPermission, requestPermission } from "./notifications/notification_permission.js";
import { createComposer } from "./room_page/create_composer.js";
import { createDialogs } from "./room_page/create_dialogs.js";
import { incomingEvents } from "./room_page/incoming.js";
import { enableKeyboardAndFocus } from "./room_page/keyboard_and_focus.js";
import { enableMessageActions } from "./room_page/enable_message_actions.js";
import { enableReading } from "./room_page/enable_reading.js";
import { createModel, restoreOutbox } from "./room_page/model.js";
import { readPageData } from "./room_page/page_data.js";
import { createPost } from "./room_page/post.js";
import { createSideViews } from "./room_page/side_views.js";
import { createTimelineViews, showSnapshot } from "./room_page/timeline_views.js";
import { UnreadBadges } from "./room_page/unread_badges.js";
import { saveRoom } from "./rooms/saved_rooms.js";
import { Toast } from "./ui/toast.js";

const page = readPageData();
const toast = new Toast();

// The model, and the socket that feeds it
const socket = new RoomSocket(roomSocketUrl(roomAddress(page.room)), page.snapshot);
const model = createModel(page, socket, toast);

// The views
const timelineViews = createTimelineViews(model, toast);
const dialogs = createDialogs(model, socket, timelineViews, toast, {
  roomsView: () => sideViews.roomsView,
  onNameSaved: () => sideViews.panes.close() || (isFocusLost() && composer.focus()),
  onRoomsChange: () => unreadBadges.update(),
  roomSheetActions: {
    topic: () => sideViews.topicView.text,
    editTopic: () => sideViews.topicView.edit(),
    requestNotifications: requestPermission,
    notificationPermission,
  },
});
const post = createPost(model, timelineViews);
const composer = createComposer(model, timelineViews, post, dialogs, toast);
const sideViews = createSideViews(model, socket, {
  openRoomMenu: (room, anchor) => dialogs.onDemand.use(({ roomMenu }) => roomMenu.open(room, anchor)),
  keepRoom: (room) => dialogs.onDemand.use(({ keepRoom }) => keepRoom(room)),
  openRoomSheet: dialogs.openRoomSheet,
  setTitle: (title) => unreadBadges.setTitle(title),
  setTopic: (topic) => post(topic, { kind: "topic", replyTo: null }),
});
const reading = enableReading(model, socket, timelineViews, toast, {
  mention(name) {
    sideViews.panes.close();
    composer.insertMention(name);
  },
  changeName: dialogs.changeName,
  onSort: () => sideViews.roomsView.update(),
});
const onDemandViews = { update: () => dialogs.onDemand.loaded?.update() };
const unreadBadges = new UnreadBadges(model, [sideViews.roomsView, sideViews.roomsButton, onDemandViews], reading);
enableMessageActions(model, timelineViews, composer, dialogs.onDemand, reading, toast);
enableKeyboardAndFocus(timelineViews, composer, dialogs, sideViews.panes, reading);

/** The newcomer's line goes with the button that opened the dialog. */
function isFocusLost() {
  const { activeElement, body } = document;
  return activeElement === body || !activeElement.checkVisibility();
}

// The start
sideViews.topicView.update(page.snapshot.messages);
showSnapshot(page.snapshot, model, timelineViews);
page.snapshot.unread && reading.load(); // it shows the unread bar
saveRoom(page.room);
socket.start(incomingEvents(model, socket, { timelineViews, sideViews, dialogs, unreadBadges, reading, toast }));
restoreOutbox(model);
timelineViews.permalinks.followLocation();
