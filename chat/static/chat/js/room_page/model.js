import { MessagePresenter } from "../messages/message_presenter.js";
import { OwnReactions } from "../messages/own_reactions.js";
import { QuotedMessages } from "../messages/quoted_messages.js";
import { historyApi } from "../net/history_api.js";
import { Outbox } from "../net/outbox.js";
import { OutboxStore } from "../net/outbox_store.js";
import { PendingChanges } from "../net/pending_changes.js";
import { frames, isPost } from "../net/protocol.js";
import { People } from "../people/people.js";
import { Typing } from "../people/typing.js";
import { Rooms } from "../rooms/rooms.js";
import { ReadPointer } from "../timeline/read_pointer.js";
import { Timeline } from "../timeline/timeline.js";
import { UnreadMarker } from "../timeline/unread_marker.js";

/** @typedef {ReturnType<typeof createModel>} Model */

/**
 * Creates what the page knows: data without elements.
 * @param {ReturnType<typeof import("./page_data.js").readPageData>} page
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {import("../ui/toast.js").Toast} toast  for changes that fail
 */
export function createModel({ room, me, snapshot }, socket, toast) {
  const timeline = new Timeline(me);
  timeline.hasOlder = snapshot.more;
  timeline.expired = snapshot.expired;
  const lastRead = snapshot.read < snapshot.version ? snapshot.read : null;
  const unreadMarker = new UnreadMarker(lastRead, timeline, me, room);
  unreadMarker.unread.start(snapshot.unread, snapshot.version);
  const quotedMessages = new QuotedMessages(historyApi.bySeqs);
  const ownReactions = new OwnReactions(me);
  snapshot.reacted?.forEach((reacted) => ownReactions.learn(reacted));
  historyApi.listen((reacted) => ownReactions.learn(reacted));
  const send = (frame) => socket.send(frame);
  return {
    room,
    me,
    timeline,
    unreadMarker,
    quotedMessages,
    ownReactions,
    presenter: new MessagePresenter(timeline, quotedMessages, unreadMarker, ownReactions, me),
    outbox: new Outbox(new OutboxStore(room), {
      isOpen: () => socket.isOpen,
      send: (message) => send(frames.send(message)),
    }),
    changes: new PendingChanges(me, send, (detail) => toast.show(detail)),
    people: new People(me, (person) => timeline.markOf(person)),
    typing: new Typing(me, (on) => socket.sendBestEffort(frames.typing(on))),
    readPointer: new ReadPointer(snapshot.read, (seq) => socket.sendBestEffort(frames.read(seq))),
    rooms: new Rooms(room, () => socket.sendBestEffort(frames.rooms())),
  };
}

/**
 * Puts messages from the server into the model.
 * @param {Model} model
 * @param {import("../net/protocol.js").Message[]} messages
 * @returns {import("../net/protocol.js").Message[]} those that changed the timeline
 */
export function applyMessages({ outbox, changes, quotedMessages, typing, rooms, timeline, unreadMarker }, messages) {
  messages.forEach(({ id }) => outbox.confirm(id));
  deleteWithdrawn({ outbox, changes }, messages);
  changes.confirm(messages);
  quotedMessages.update(messages);
  unreadMarker.apply(messages);
  messages.filter(isPost).forEach(({ author }) => typing.remove(author.id));
  if (messages.length) {
    rooms.markActive(new Date(messages.at(-1).sent_at));
  }
  return timeline.put(messages);
}

/**
 * Forgets the messages that the room no longer keeps.
 * @param {Model} model
 * @param {number} seq  of the last of them
 * @returns {boolean} whether there is something new to forget
 */
export function expireMessages({ timeline, quotedMessages, unreadMarker }, seq) {
  if (seq <= timeline.expired) {
    return false;
  }
  timeline.expire(seq);
  quotedMessages.expire(seq);
  unreadMarker.expire(seq);
  return true;
}

/** Loads what an earlier page left to send, or to delete. @param {Model} model */
export async function restoreOutbox(model) {
  await model.outbox.restore((id) => model.timeline.hasSeen(id));
  deleteWithdrawn(model, model.timeline.messages);
}

/**
 * Deletes messages that I withdrew when they were sent already, and forgets those that are deleted.
 * @param {Pick<Model, "outbox" | "changes">} model
 * @param {import("../net/protocol.js").Message[]} messages  that the room shows
 */
export function deleteWithdrawn({ outbox, changes }, messages) {
  for (const { id, seq, deleted } of messages.filter((it) => outbox.isWithdrawn(it.id))) {
    deleted ? outbox.forget(id) : outbox.markStored(id, seq);
  }
  if (outbox.isConnected) {
    outbox.toDelete.forEach(({ id, seq }) => changes.delete(seq, () => outbox.forget(id)));
  }
}
