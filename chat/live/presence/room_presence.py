"""The presence of one room: what its connections and the other processes are told."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

from chat import protocol
from chat.live.best_effort import BestEffortSender
from chat.live.presence.roster import People, Roster
from chat.live.presence.typists import Typists
from chat.models import Member, Room
from chat.protocol import Person, Presence, TypingNow
from chat.transport.channel_layer import LayerClient, LayerMessage

SHOW_SECONDS = 0.5  # at least, between two frames to a connection
SHOW_SECONDS_EACH = 0.0005  # added per connection: 2,000 get one frame a second
FIRST_SECONDS = 0.05  # after an arrival: more may arrive together
PUBLISH_SECONDS = 0.5  # between two messages to the other processes
HEARTBEAT_SECONDS = 15  # between two full lists of our people
LEAVE_SECONDS = 2  # a person who reloads the page is back within this time
RETRY_SECONDS = 2  # for a connection whose frame was dropped
SHOWN_PEOPLE = 50
SHOWN_TYPISTS = 4  # one may be the receiver
CONNECTIONS_PER_TURN = 500  # then the event loop runs other work


class Subscriber:
    """One connection in the room. A plain connection has no sender."""

    __slots__ = ("id", "is_stale", "sender")

    def __init__(self, id: str, sender: BestEffortSender | None) -> None:
        self.id, self.sender = id, sender
        self.is_stale = True  # needs a full frame


class RoomPresence:
    """Presence is in memory, travels over the channel layer, and expires by itself.

    All connections of a room share the same frames, at most two a second.
    """

    def __init__(self, room: Room, layer: LayerClient, on_empty: Callable[[], None]) -> None:
        self.room = room
        self._layer, self._on_empty = layer, on_empty
        self._loop = asyncio.get_running_loop()
        self.roster, self.typists = Roster(self._loop.time), Typists(self._loop.time)
        self._subscribers: dict[Subscriber, None] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._delta: dict[str, str | None] = {}  # our arrivals and departures, unpublished
        self._shown_at = float("-inf")
        self._changes: set[str] = set()  # "presence" and "typing", since the last frame
        self._in("heartbeat", HEARTBEAT_SECONDS, self._heartbeat)

    # --- this process's people ------------------------------------------------------------------

    def subscribe(self, member: Member, sender: BestEffortSender | None) -> Subscriber:
        if not self._subscribers:  # with its last connection the process had left the room's group
            self._publish_all(ask=True)
        subscriber = Subscriber(str(member.uid), sender)
        self._subscribers[subscriber] = None
        if self.roster.enter(subscriber.id, member.name):
            self._publish_soon(subscriber.id)
        self._show_soon()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Remove a closed connection. A person who is back in time is not reported as gone."""
        was_subscribed = self._subscribers.pop(subscriber, subscriber) is None
        if was_subscribed and self.roster.close(subscriber.id):
            self._loop.call_later(LEAVE_SECONDS, self._forget, subscriber.id)

    def _forget(self, id: str) -> None:
        if self.roster.forget(id):
            self.stop_typing(id)
            self._publish_soon(id)
            if self.roster.is_empty:
                self._end()

    def start_typing(self, id: str) -> None:
        name = self.roster.name_of(id)
        if name and not self.typists.is_fresh(id):
            self._publish({"typing": [id, name]})
            self._typing(self.typists.begin(id, name))

    def stop_typing(self, id: str) -> None:
        if self.typists.end(id):
            self._publish({"typing": [id, None]})
            self._typing(has_changed=True)

    def rename(self, id: str, name: str) -> None:
        if self.roster.rename(id, name):
            self._changed("presence")

    # --- other processes' people ----------------------------------------------------------------

    def receive(self, message: LayerMessage) -> None:
        process = message["by"]
        if "people" in message and self.roster.update_process(
            process, message["people"], whole=message["whole"]
        ):
            self._changed("presence")
        if message.get("ask"):
            self._in("answer", FIRST_SECONDS, self._publish_all)
        if "typing" in message:
            id, name = message["typing"]
            self._typing(self.typists.begin(id, name) if name else self.typists.end(id))

    # --- to other processes ---------------------------------------------------------------------

    def _publish_soon(self, id: str) -> None:
        self._delta[id] = self.roster.name_of(id)
        self._in("publish", PUBLISH_SECONDS, self._publish_delta)
        self._changed("presence")

    def _publish_delta(self) -> None:
        delta, self._delta = self._delta, {}
        if delta:
            self._publish({"people": delta, "whole": False})

    def _publish_all(self, *, ask: bool = False) -> None:
        self._delta = {}
        self._publish({"people": self.roster.ours, "whole": True, "ask": ask})

    def _heartbeat(self) -> None:
        self._publish_all()
        if self.roster.expire():
            self._changed("presence")
        self._in("heartbeat", HEARTBEAT_SECONDS, self._heartbeat)

    def _publish(self, content: LayerMessage) -> None:
        sending = self._loop.create_task(self._layer.send(self.room.group, self._message(content)))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def _message(self, content: LayerMessage) -> LayerMessage:
        return {"type": "room.presence", "room": self.room.pk, "by": self._layer.id, **content}

    # --- to this process's connections ----------------------------------------------------------

    def _typing(self, has_changed: bool) -> None:
        if has_changed:
            self._changed("typing")
        if (end := self.typists.next_end) is not None:
            self._at("typing", end, self._expire_typists)

    def _expire_typists(self) -> None:
        self._typing(self.typists.expire())

    def _changed(self, what: str) -> None:
        self._changes.add(what)
        self._show_soon()

    def _show_soon(self) -> None:
        pause = SHOW_SECONDS + SHOW_SECONDS_EACH * len(self._subscribers)
        self._at("show", max(self._loop.time() + FIRST_SECONDS, self._shown_at + pause), self._show)

    def _show(self) -> None:
        self._shown_at = self._loop.time()
        events = {"presence": self._presence(), "typing": self._typing_now()}
        full = protocol.frame(events.values())
        changed = protocol.frame(events[it] for it in sorted(self._changes))
        update = changed if self._changes else None
        self._changes.clear()
        self._show_some(iter(list(self._subscribers)), full, update)

    def _show_some(self, subscribers: Iterator[Subscriber], full: str, update: str | None) -> None:
        some = list(islice(subscribers, CONNECTIONS_PER_TURN))
        for subscriber in some:
            frame = full if subscriber.is_stale else update
            if subscriber.sender and frame is not None and subscriber in self._subscribers:
                subscriber.is_stale = not subscriber.sender.send(frame)
                if subscriber.is_stale:
                    self._in("show", RETRY_SECONDS, self._show)
        if len(some) == CONNECTIONS_PER_TURN:
            self._loop.call_soon(self._show_some, subscribers, full, update)

    def _presence(self) -> str:
        people = self.roster.people
        return protocol.encode(Presence(len(people), _persons(people, SHOWN_PEOPLE)))

    def _typing_now(self) -> str:
        people = self.typists.people
        return protocol.encode(TypingNow(len(people), _persons(people, SHOWN_TYPISTS)))

    # --- timers ---------------------------------------------------------------------------------

    def _in(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._at(name, self._loop.time() + seconds, act)

    def _at(self, name: str, when: float, act: Callable[[], None]) -> None:
        """Call `act` at `when`, unless a timer of that name runs earlier."""
        pending = self._timers.get(name)
        if pending is not None and not pending.cancelled() and pending.when() <= when:
            return
        if pending is not None:
            pending.cancel()
        self._timers[name] = self._loop.call_at(when, self._fire, name, act)

    def _fire(self, name: str, act: Callable[[], None]) -> None:
        del self._timers[name]
        act()

    def _end(self) -> None:
        self._publish_delta()
        self._cancel_timers()
        self._on_empty()

    async def leave_all(self) -> None:
        """The process ends: tell the other processes now, before its people expire there."""
        self._cancel_timers()
        await self._layer.send(self.room.group, self._message({"people": {}, "whole": True}))

    def _cancel_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def _persons(people: People, count: int) -> list[Person]:
    return [Person(id=id, name=name) for id, name in islice(people.items(), count)]
