import { LostRoomExit } from "../forgetting/lost_room_exit.js";
import { historyApi } from "../net/history_api.js";
import { completeChanges } from "../net/message_changes.js";
import { frames, isPost } from "../net/protocol.js";
import { avatarColors } from "../people/avatar_colors.js";
import { saveRooms } from "../rooms/saved_rooms.js";
import { loadScript } from "./load_script.js";
import { applyMessages, deleteWithdrawn, expireMessages } from "./model.js";

const SEQS_MAX = 100; // of a request
const NO_STANDING = { role: null, muted: null };

/**
 * Handles what the server sends.
 * @param {import("./model.js").Model} model
 * @param {import("../net/socket.js").RoomSocket} socket
 * @param {object} views
 * @param {import("./timeline_views.js").TimelineViews} views.timelineViews
 * @param {import("./side_views.js").SideViews} views.sideViews
 * @param {import("./create_dialogs.js").Dialogs} views.dialogs
 * @param {import("./unread_badges.js").UnreadBadges} views.unreadBadges
 * @param {import("./on_demand_views.js").OnDemandViews} views.reading  announces
 * @param {import("../ui/toast.js").Toast} views.toast
 * @returns {import("../net/socket.js").Listener}
 */
export function incomingEvents(model, socket, { timelineViews, sideViews, dialogs, unreadBadges, reading, toast }) {
  const { me, room, timeline, quotedMessages, outbox, changes, ownReactions, readPointer, unreadMarker } = model;
  const { view, pendingMessages, infiniteScroll } = timelineViews;
  const { connectionStatus, roomView, topicView } = sideViews;
  const showComposerState = () => reading.loaded?.showComposerState();
  const softEvents = softEventHandlers(model, view, sideViews, dialogs, unreadBadges, reading, showComposerState, showExpired);
  const lostRoomExit = new LostRoomExit(room, outbox, reading);
  let announces = false; // the messages of the first page and of catching up are not announced

  async function announce(action) {
    const views = announces && (await reading.load());
    views && action(views.announcer);
  }

  /** Removes the messages up to a seq, and says so where they are quoted. */
  function showExpired(seq) {
    if (expireMessages(model, seq)) {
      view.removeExpired();
      view.refresh(({ reply_to: replyTo }) => replyTo !== null && replyTo <= seq);
      infiniteScroll.updateStart();
    }
  }

  return {
    isMine: ({ you }) => me.guest || !you.guest,
    onHello({ you, room: { topic = "", expired = 0, ...present } }) {
      const before = `${me.id} ${me.claimed}`;
      Object.assign(me, { claimed: [] }, NO_STANDING, you);
      before === `${me.id} ${me.claimed}` || view.refresh();
      roomView.show(present);
      showExpired(expired);
      showComposerState();
      dialogs.showMyName(me.name);
      topicView.show(topic);
    },
    onReset(page) {
      timeline.clear();
      quotedMessages.clear();
      applyMessages(model, page);
      unreadMarker.recount(page);
      topicView.update(page);
      roomView.applyEvents(page);
      announce((announcer) => announcer.announceMany());
      timeline.hasOlder = page.length > 0 && page[0].seq > timeline.expired + 1;
      view.restart();
      infiniteScroll.updateStart();
    },
    onMessages(events) {
      const { messages, missing } = completeChanges(events, (seq) => timeline.known(seq));
      fetchMissing(timeline, missing, (fetched) => this.onMessages(fetched));
      const changed = applyMessages(model, messages);
      topicView.update(messages);
      roomView.applyEvents(messages);
      announce((announcer) => announcer.add(messages));
      if (timeline.hasNewer) {
        view.addMissed(messages.filter(isPost).length);
      }
      view.show(changed);
      refreshQuotes(view, messages);
      infiniteScroll.updateStart();
      unreadBadges.applyMessages(messages);
    },
    onReacted(reacted) {
      changes.confirmReaction(reacted);
      ownReactions.learn(reacted);
      view.refresh(({ seq }) => seq === reacted.seq);
    },
    onSoftEvent: (event) => softEvents[event.type](event),
    onError: (error) => {
      error.code === "name_first" && dialogs.changeName();
      changes.handleError(error) || outbox.handleError(error) || toast.show(error.detail);
    },
    onState(state) {
      lostRoomExit.onState(state);
      connectionStatus.show(state);
      pendingMessages.setConnected(state.name === "open");
      view.showOutbox();
      if (state.name === "open") {
        announces = true;
        outbox.resend();
        changes.resend();
        deleteWithdrawn(model, timeline.messages);
        readPointer.resend();
        socket.sendBestEffort(frames.rooms());
      }
    },
  };
}

/** Fetches the messages of changes whose earlier state is missing, where they are shown or may be soon. */
async function fetchMissing(timeline, seqs, onFetched) {
  const wanted = seqs.filter((seq) => timeline.covers(seq) || timeline.known(seq) || historyApi.isWaiting);
  if (wanted.length) {
    const { messages } = await historyApi.bySeqs(wanted.slice(0, SEQS_MAX)).catch(() => ({ messages: [] }));
    onFetched(messages);
  }
}

/** By type of event. */
function softEventHandlers(model, view, { peopleView, roomView }, { showMyName }, unreadBadges, reading, showComposerState, showExpired) {
  const { me, room, timeline, people, typing, rooms, readPointer, outbox } = model;
  let roster = null;

  /** Its script is loaded with the first event that needs it: in an open room there may be none. */
  async function showRoster(event) {
    roster ??= await loadScript(async () => (await import("../roster.js")).createRoster(model, peopleView));
    roster?.show(event);
  }

  return {
    presence(presence) {
      people.replace(presence);
      presence.people.forEach((person) => timeline.rename(person));
      const mine = presence.people.find(({ id }) => id === me.id); // renamed in another tab
      Object.assign(me, mine && { picture: "" }, mine);
      showMyName(me.name);
      const recolored = avatarColors.setPresent(presence.people.map(({ id }) => id));
      if (recolored.size) {
        view.refresh(({ author }) => recolored.has(author.id));
      }
      peopleView.update();
      view.show([]);
    },
    people: showRoster,
    rejected: () => outbox.resend(),
    room({ room: { expired = 0, ...present } }) {
      roomView.show(present);
      showExpired(expired);
      showComposerState();
    },
    you(changed) {
      Object.assign(me, NO_STANDING, changed);
      showComposerState();
    },
    typing: (event) => typing.replace(event),
    read({ room_id: roomId, seq }) {
      rooms.markRead(roomId, seq);
      if (roomId === room.id) {
        readPointer.applyRemote(seq);
      }
      unreadBadges.update();
    },
    rooms({ rooms: listed }) {
      rooms.replace(listed);
      saveRooms(listed.map(({ id, name, kind, posted_at: at, kept }) => ({ id, name, kind, at, kept })));
      reading.loaded?.forgetLostRooms(rooms.all);
      unreadBadges.update();
    },
    reports: (event) => reading.use((all) => all.reports(event)),
    news({ rooms: news }) {
      rooms.applyNews(news);
      unreadBadges.addNews(news);
    },
  };
}

/** Shows edits and deletions where the message is quoted. */
function refreshQuotes(view, messages) {
  const changed = new Set(messages.filter((message) => !isPost(message)).map(({ seq }) => seq));
  if (changed.size) {
    view.refresh(({ reply_to: replyTo }) => changed.has(replyTo));
  }
}
