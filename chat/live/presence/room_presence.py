"""The presence of one room: what this process sends to its connections and to other processes."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from msgspec import UNSET

from chat import protocol
from chat.live.best_effort import BestEffortSender
from chat.live.presence.participants import Participants, People
from chat.live.presence.typing_people import TypingPeople
from chat.models import Member, Room
from chat.protocol import Author, Person, Presence, TypingNow
from chat.transport.channel_layer import LayerClient, LayerMessage

FRAME_SECONDS = 0.5  # at least, between two frames to a connection
FRAME_SECONDS_PER_CONNECTION = 0.0005  # added: the larger the room, the rarer its frames
GATHER_SECONDS = 0.05  # after a change, for further changes to join its frame
PUBLISH_SECONDS = 0.5  # between two messages to the other processes about arrivals and departures
HEARTBEAT_SECONDS = 15  # between two messages with all people of this process
LEAVE_SECONDS = 2  # a person who reloads the page is back within this time
RETRY_SECONDS = 2  # for a connection whose frame was dropped
SHOWN_PEOPLE = 50  # in a frame
ANSWER_SECONDS = 0.25  # within which the other processes say who is there
SHOWN_TYPING = 4  # in a frame; one may be the receiver
CONNECTIONS_PER_TURN = 500  # then the event loop runs other work


class Subscriber:
    """One connection in the room. A plain connection has no sender."""

    __slots__ = ("id", "is_stale", "sender")

    def __init__(self, id: str, sender: BestEffortSender | None) -> None:
        self.id, self.sender = id, sender  # `id` is the member's
        self.is_stale = True  # needs a frame with everything


class RoomPresence:
    """Tracks the people of one room, and tells connections and other processes of changes.

    A connection gets frames FRAME_SECONDS apart or more: first one with everything, then the
    changes; after a dropped frame, everything again.
    """

    def __init__(self, room: Room, layer: LayerClient, on_empty: Callable[[], None]) -> None:
        """`on_empty` is called when the last person of this process has left."""
        self.room = room
        self._layer, self._on_empty = layer, on_empty
        self._loop = asyncio.get_running_loop()
        self._participants = Participants(self._loop.time)
        self._typing = TypingPeople(self._loop.time)
        self._subscribers: dict[Subscriber, None] = {}
        self._looking = 0  # who only look who is there
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._publishing: set[asyncio.Task[None]] = set()
        self._unpublished: dict[str, str | None] = {}  # names by ids; None: the person left
        self._sent_at = float("-inf")
        self._changes: set[str] = set()  # "presence" and "typing", since the last frame
        self._call_in("heartbeat", HEARTBEAT_SECONDS, self._heartbeat)

    @property
    def people(self) -> People:
        return self._participants.people

    # --- this process's people ------------------------------------------------------------------

    def subscribe(self, member: Member, sender: BestEffortSender | None) -> Subscriber:
        if not self._subscribers:
            # With its last connection, this process left the room's group and missed messages.
            self._publish_all(ask=True)
        subscriber = Subscriber(str(member.uid), sender)
        self._subscribers[subscriber] = None
        if self._participants.connect(
            subscriber.id, member.name, is_guest=member.is_guest, picture=picture_of(member)
        ):
            self._publish_soon(subscriber.id)
        self._send_soon()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Remove a closed connection. Its person has LEAVE_SECONDS to connect again."""
        if subscriber not in self._subscribers:
            return
        del self._subscribers[subscriber]
        if self._participants.disconnect(subscriber.id):
            self._loop.call_later(LEAVE_SECONDS, self._remove_disconnected, subscriber.id)

    def _remove_disconnected(self, id: str) -> None:
        if self._participants.remove_disconnected(id):
            self.stop_typing(id)
            self._publish_soon(id)
            self._close_if_empty()

    async def look(self) -> tuple[int, list[Author]]:
        """How many are in the room, and some of them. The other processes are asked, where this
        one has nobody there whom they would tell."""
        self._looking += 1
        try:
            if not self._subscribers:
                self._publish_all(ask=True)
                await asyncio.sleep(ANSWER_SECONDS)
            return len(self._participants.people), self._shown_people()
        finally:
            self._looking -= 1
            self._close_if_empty()

    def start_typing(self, id: str) -> None:
        name = self._participants.local_name(id)
        if name and not self._typing.is_repeat(id):
            self._publish({"typing": [id, name]})
            self._update_typing(self._typing.start(id, name))

    def stop_typing(self, id: str) -> None:
        if self._typing.stop(id):
            self._publish({"typing": [id, None]})
            self._update_typing(has_changed=True)

    def rename(self, id: str, name: str, picture: str = "") -> None:
        if self._participants.rename(id, name, picture):
            self._add_change("presence")

    # --- from other processes -------------------------------------------------------------------

    def receive(self, message: LayerMessage) -> None:
        """Handle a `room.presence` message of another process."""
        if "people" in message and self._participants.update_process(
            message["by"],
            message["people"],
            message.get("guests", ()),
            message.get("pictures", {}),
            is_complete=message["is_complete"],
        ):
            self._add_change("presence")
        if message.get("ask"):
            self._call_in("answer", GATHER_SECONDS, self._publish_all)
        if "typing" in message:
            id, name = message["typing"]
            has_changed = self._typing.start(id, name) if name else self._typing.stop(id)
            self._update_typing(has_changed)

    # --- to other processes ---------------------------------------------------------------------

    def _publish_soon(self, id: str) -> None:
        self._unpublished[id] = self._participants.local_name(id)
        self._call_in("publish", PUBLISH_SECONDS, self._publish_changes)
        self._add_change("presence")

    def _publish_changes(self) -> None:
        people, self._unpublished = self._unpublished, {}
        if people:
            guests = self._participants.local_guests.intersection(people)
            self._publish({**self._reported(people), "guests": [*guests], "is_complete": False})

    def _publish_all(self, *, ask: bool = False) -> None:
        """Publish all people of this process. `ask` makes the other processes do the same."""
        self._unpublished = {}
        people = self._participants.local_people
        guests = [*self._participants.local_guests]
        report = {**self._reported(people), "guests": guests}
        self._publish({**report, "is_complete": True, "ask": ask})

    def _reported(self, people: Mapping[str, str | None]) -> LayerMessage:
        """People, and the pictures of those who have one."""
        pictures = self._participants.local_pictures
        return {"people": people, "pictures": {id: pictures[id] for id in people if id in pictures}}

    def _heartbeat(self) -> None:
        self._publish_all()
        if self._participants.expire_processes():
            self._add_change("presence")
        self._call_in("heartbeat", HEARTBEAT_SECONDS, self._heartbeat)

    def _publish(self, content: LayerMessage) -> None:
        sending = self._layer.send(self.room.group, self._message(content))
        task = self._loop.create_task(sending)
        self._publishing.add(task)
        task.add_done_callback(self._publishing.discard)

    def _message(self, content: LayerMessage) -> LayerMessage:
        return {"type": "room.presence", "room": self.room.pk, "by": self._layer.id, **content}

    # --- to this process's connections ----------------------------------------------------------

    def _update_typing(self, has_changed: bool) -> None:
        if has_changed:
            self._add_change("typing")
        if (expiry := self._typing.next_expiry) is not None:
            self._call_at("typing", expiry, self._expire_typing)

    def _expire_typing(self) -> None:
        self._update_typing(self._typing.expire())

    def _add_change(self, type: str) -> None:
        self._changes.add(type)
        self._send_soon()

    def _send_soon(self) -> None:
        pause = FRAME_SECONDS + FRAME_SECONDS_PER_CONNECTION * len(self._subscribers)
        when = max(self._loop.time() + GATHER_SECONDS, self._sent_at + pause)
        self._call_at("send", when, self._send_frames)

    def _send_frames(self) -> None:
        self._sent_at = self._loop.time()
        events = {"presence": self._presence_event(), "typing": self._typing_event()}
        full = protocol.frame(events.values())
        changed = protocol.frame(events[it] for it in sorted(self._changes))
        update = changed if self._changes else None
        self._changes.clear()
        self._send_some(iter(list(self._subscribers)), full, update)

    def _send_some(self, subscribers: Iterator[Subscriber], full: str, update: str | None) -> None:
        some = list(islice(subscribers, CONNECTIONS_PER_TURN))
        for subscriber in some:
            frame = full if subscriber.is_stale else update
            if subscriber.sender and frame is not None and subscriber in self._subscribers:
                subscriber.is_stale = not subscriber.sender.send(frame)
                if subscriber.is_stale:
                    self._call_in("send", RETRY_SECONDS, self._send_frames)
        if len(some) == CONNECTIONS_PER_TURN:
            self._loop.call_soon(self._send_some, subscribers, full, update)

    def _presence_event(self) -> str:
        return protocol.encode(Presence(len(self._participants.people), self._shown_people()))

    def _shown_people(self) -> list[Author]:
        people, guests = self._participants.people, self._participants.guests
        pictures = self._participants.pictures
        return [
            Author(id=id, name=name, guest=id in guests, picture=pictures.get(id, UNSET))
            for id, name in islice(people.items(), SHOWN_PEOPLE)
        ]

    def _typing_event(self) -> str:
        people = self._typing.people
        return protocol.encode(TypingNow(len(people), _persons(people, SHOWN_TYPING)))

    # --- timers ---------------------------------------------------------------------------------

    def _call_in(self, name: str, seconds: float, callback: Callable[[], None]) -> None:
        self._call_at(name, self._loop.time() + seconds, callback)

    def _call_at(self, name: str, when: float, callback: Callable[[], None]) -> None:
        """Call back at `when`, unless the timer of that name fires earlier."""
        pending = self._timers.get(name)
        if pending is not None and not pending.cancelled() and pending.when() <= when:
            return
        if pending is not None:
            pending.cancel()
        self._timers[name] = self._loop.call_at(when, self._fire, name, callback)

    def _fire(self, name: str, callback: Callable[[], None]) -> None:
        del self._timers[name]
        callback()

    # --- the end --------------------------------------------------------------------------------

    def _close_if_empty(self) -> None:
        if not self._participants.has_local_people and not self._looking:
            self._close()

    def _close(self) -> None:
        self._publish_changes()
        self._cancel_timers()
        self._on_empty()

    async def leave_all(self) -> None:
        """Before the process ends: tell the other processes that its people have left."""
        self._cancel_timers()
        message = self._message({"people": {}, "is_complete": True})
        await self._layer.send(self.room.group, message)

    def _cancel_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def picture_of(member: Member) -> str:
    return str(member.picture_id or "")


def _persons(people: People, count: int) -> list[Person]:
    return [Person(id=id, name=name) for id, name in islice(people.items(), count)]
