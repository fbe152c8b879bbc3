import { indexPath } from "../lib/addresses.js";
import { frames } from "../net/protocol.js";
import { PeopleView } from "../people/people_view.js";
import { TypingIndicator } from "../people/typing_indicator.js";
import { RoomMenu } from "../rooms/room_menu.js";
import { RoomsView } from "../rooms/rooms_view.js";
import { TopicView } from "../rooms/topic_view.js";
import { ConnectionStatus } from "../ui/connection_status.js";
import { Panes } from "../ui/panes.js";

/** @typedef {ReturnType<typeof createSideViews>} SideViews */

/**
 * Creates the views around the timeline.
 * @param {import("./model.js").Model} model
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {import("../ui/toast.js").Toast} toast
 * @param {{insertMention: (name: string) => void, setTopic: (topic: string) => void}} actions
 */
export function createSideViews({ me, room, rooms, people, typing }, socket, toast, { insertMention, setTopic }) {
  const roomMenu = new RoomMenu(
    (detail) => toast.show(detail),
    (left) => (left.id === room.id ? location.assign(indexPath) : socket.sendBestEffort(frames.rooms())),
  );
  new TypingIndicator(typing);
  return {
    connectionStatus: new ConnectionStatus(() => socket.connectNow()),
    topicView: new TopicView(setTopic),
    roomsView: new RoomsView(rooms, (listed, anchor) => roomMenu.open(listed, anchor)),
    peopleView: new PeopleView(people, me, ({ name }) => insertMention(name)),
    panes: new Panes(),
  };
}
