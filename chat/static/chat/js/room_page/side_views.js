import { PeopleView } from "../people/people_view.js";
import { TypingIndicator } from "../people/typing_indicator.js";
import { RoomsButton } from "../rooms/rooms_button.js";
import { RoomsView } from "../rooms/rooms_view.js";
import { TopicView } from "../rooms/topic_view.js";
import { ConnectionStatus } from "../ui/connection_status.js";
import { Panes } from "../ui/panes.js";
import { RoomView } from "./room_view.js";

/** @typedef {ReturnType<typeof createSideViews>} SideViews */

/**
 * Creates the views around the timeline.
 * @param {import("./model.js").Model} model
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {object} actions
 * @param {(room: object, anchor: HTMLElement) => void} actions.openRoomMenu
 * @param {(room: object) => void} actions.keepRoom
 * @param {(topic: string) => void} actions.setTopic
 * @param {() => void} actions.openRoomSheet
 * @param {(title: string) => void} actions.setTitle  of the document
 */
export function createSideViews({ me, room, timeline, rooms, people, typing }, socket, actions) {
  const { openRoomMenu, keepRoom, setTopic, openRoomSheet, setTitle } = actions;
  new TypingIndicator(typing, (person) => timeline.labelOf(person));
  return {
    connectionStatus: new ConnectionStatus(() => socket.connectNow()),
    topicView: new TopicView(setTopic, openRoomSheet),
    roomView: new RoomView(room, setTitle),
    roomsView: new RoomsView(rooms, openRoomMenu, keepRoom),
    roomsButton: new RoomsButton(rooms),
    peopleView: new PeopleView(people, me),
    panes: new Panes(),
  };
}
