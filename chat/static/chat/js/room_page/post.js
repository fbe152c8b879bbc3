import { removeNewcomerLine } from "../people/newcomer_line.js";
import { saveRoom } from "../rooms/saved_rooms.js";

/**
 * Creates the function that posts a message.
 * @param {import("./model.js").Model} model
 * @param {import("./timeline_views.js").TimelineViews} timelineViews
 * @returns {(text: string, options: {kind: "text"|"action"|"topic", replyTo: ?number, files?: import("../net/outbox_store.js").PendingFile[]}) => void}
 */
export const createPost = ({ room, rooms, typing, outbox }, { view, markRead }) => (text, options) => {
  typing.reset();
  removeNewcomerLine();
  outbox.add(text, options);
  rooms.keep(room.id);
  saveRoom(room, { isKept: true });
  markRead();
  view.goToEnd();
};
