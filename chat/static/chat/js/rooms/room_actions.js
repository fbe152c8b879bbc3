import { gettext } from "../lib/i18n.js";
import { postToRoom } from "./post_to_room.js";

/** What the action does with a room. @param {{muted: boolean}} room */
export const muteLabel = ({ muted }) => (muted ? gettext("Unmute") : gettext("Mute"));

/** What the action does with a room. @param {{starred: boolean}} room */
export const starLabel = ({ starred }) => (starred ? gettext("Remove star") : gettext("Star"));

/** A direct room comes back with its next message. @param {{kind: string}} room */
export const leaveLabel = ({ kind }) =>
  kind === "direct" ? gettext("Hide") : kind === "members" ? gettext("Leave…") : gettext("Leave");

/** Stars, mutes and leaves rooms. The change is shown at once, and taken back if it fails. */
export class RoomActions {
  #rooms;
  #listeners;

  /**
   * @param {import("./rooms.js").Rooms} rooms
   * @param {object} listeners
   * @param {() => void} listeners.onRoomsChange
   * @param {(detail: string) => void} listeners.onError
   * @param {(room: {id: string}) => void} listeners.onLeft  I have left a room
   * @param {(room: {id: string}) => void} listeners.onLeaveMembers  I want to leave a members room
   */
  constructor(rooms, listeners) {
    this.#rooms = rooms;
    this.#listeners = listeners;
  }

  /** @param {{id: string, name: string, muted: boolean}} room  @returns {Promise<?string>} why it failed, if it did */
  toggleMuted(room) {
    const muted = !room.muted;
    return this.#change(room, { muted }, "mute", muted ? { muted: "on" } : {});
  }

  /** @param {{id: string, name: string, starred: boolean}} room  @returns {Promise<?string>} why it failed, if it did */
  toggleStarred(room) {
    const starred = !room.starred;
    return this.#change(room, { starred }, "star", starred ? { starred: "on" } : {});
  }

  /** Leaving a members room is leaving the membership. @param {{id: string, name: string, kind: string}} room */
  async leave(room) {
    if (room.kind === "members") {
      return this.#listeners.onLeaveMembers(room);
    }
    const failure = await this.#change(room, { isLeft: true }, "leave", {});
    failure ?? this.#listeners.onLeft(room);
  }

  async #change(room, change, action, fields) {
    const { id } = room;
    const { onRoomsChange, onError } = this.#listeners;
    this.#rooms.assume(id, change);
    onRoomsChange();
    if (await postToRoom(room, action, fields)) {
      this.#rooms.keepAssumed(id);
      return null;
    }
    const failure = gettext("That did not work. Try again in a moment.");
    this.#rooms.dropAssumed(id);
    onRoomsChange();
    onError(failure);
    return failure;
  }
}
