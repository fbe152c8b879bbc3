"""The people in one room, as this process tells its connections and the other processes of them."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

from chat import protocol
from chat.layer import Layer, Said
from chat.models import Member, Room
from chat.presence.roster import People, Roster
from chat.presence.typists import Typists
from chat.protocol import Person, Presence, TypingNow
from chat.whisper import Whisper

SHOW_SECONDS = 0.5  # between two frames to a connection, at least
SHOW_SECONDS_EACH = 0.0005  # and so much more for each: 2,000 get one a second
FIRST_SECONDS = 0.05  # after somebody came: others may come with them
TELL_SECONDS = 0.5  # between two words to other processes
BEAT_SECONDS = 15  # and so often in any case, that they know us alive
LEAVE_SECONDS = 2  # for somebody who reloads the page to be back
RETRY_SECONDS = 2  # for a connection that could not be told
SHOWN_PEOPLE = 50
SHOWN_TYPISTS = 4  # one of them may be who looks
SHOWN_AT_ONCE = 500  # connections, before others have their turn


class Seat:
    """One connection in the room. A plain one has no ear for this."""

    __slots__ = ("ear", "id", "is_stale")

    def __init__(self, id: str, ear: Whisper | None) -> None:
        self.id, self.ear = id, ear
        self.is_stale = True  # must be told everything


class Gathering:
    """Soft state: it is in memory, travels over the channel layer, and fades by itself.

    What goes out to the connections of a room is one frame for all, at most two a second.
    """

    def __init__(self, room: Room, layer: Layer, when_over: Callable[[], None]) -> None:
        self.room = room
        self._layer, self._when_over = layer, when_over
        self._loop = asyncio.get_running_loop()
        self.roster, self.typists = Roster(self._loop.time), Typists(self._loop.time)
        self._seats: dict[Seat, None] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._delta: dict[str, str | None] = {}  # of our people, since others were told
        self._shown_at = float("-inf")
        self._news: set[str] = set()  # what of "presence" and "typing" has changed since
        self._in("beat", BEAT_SECONDS, self._beat)

    # --- what our people do ---------------------------------------------------------------------

    def sit(self, member: Member, ear: Whisper | None) -> Seat:
        if not self._seats:  # with its last connection a process had left the room's group
            self._telling_whole(ask=True)
        seat = Seat(str(member.uid), ear)
        self._seats[seat] = None
        if self.roster.enter(seat.id, member.name):
            self._came_or_went(seat.id)
        self._show_soon()
        return seat

    def rise(self, seat: Seat) -> None:
        """The connection is closed. Who reloads a page is back before anybody is told."""
        if self._seats.pop(seat, seat) is None and self.roster.close(seat.id):
            self._loop.call_later(LEAVE_SECONDS, self._forget, seat.id)

    def _forget(self, id: str) -> None:
        if self.roster.forget(id):
            self.stops_typing(id)
            self._came_or_went(id)
            if self.roster.is_empty:
                self._end()

    def types(self, id: str) -> None:
        name = self.roster.name_of(id)
        if name and not self.typists.is_fresh(id):
            self._tell({"typing": [id, name]})
            self._typing(self.typists.begin(id, name))

    def stops_typing(self, id: str) -> None:
        if self.typists.end(id):
            self._tell({"typing": [id, None]})
            self._typing(is_news=True)

    def rename(self, id: str, name: str) -> None:
        if self.roster.rename(id, name):
            self._changed("presence")

    # --- what other processes say ---------------------------------------------------------------

    def hear(self, said: Said) -> None:
        process = said["by"]
        if "people" in said and self.roster.hear(process, said["people"], whole=said["whole"]):
            self._changed("presence")
        if said.get("ask"):
            self._in("answer", FIRST_SECONDS, self._telling_whole)
        if "typing" in said:
            id, name = said["typing"]
            self._typing(self.typists.begin(id, name) if name else self.typists.end(id))

    # --- what we tell other processes -----------------------------------------------------------

    def _came_or_went(self, id: str) -> None:
        self._delta[id] = self.roster.name_of(id)
        self._in("tell", TELL_SECONDS, self._tell_delta)
        self._changed("presence")

    def _tell_delta(self) -> None:
        delta, self._delta = self._delta, {}
        if delta:
            self._tell({"people": delta, "whole": False})

    def _telling_whole(self, *, ask: bool = False) -> None:
        self._delta = {}
        self._tell({"people": self.roster.ours, "whole": True, "ask": ask})

    def _beat(self) -> None:
        self._telling_whole()
        if self.roster.fade():
            self._changed("presence")
        self._in("beat", BEAT_SECONDS, self._beat)

    def _tell(self, news: Said) -> None:
        sending = self._loop.create_task(self._layer.send(self.room.group, self._said(news)))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)

    def _said(self, news: Said) -> Said:
        return {"type": "room.presence", "room": self.room.pk, "by": self._layer.id, **news}

    # --- what we show our connections -----------------------------------------------------------

    def _typing(self, is_news: bool) -> None:
        if is_news:
            self._changed("typing")
        if (end := self.typists.next_end) is not None:
            self._at("fade", end, self._fade_typists)

    def _fade_typists(self) -> None:
        self._typing(self.typists.fade())

    def _changed(self, what: str) -> None:
        self._news.add(what)
        self._show_soon()

    def _show_soon(self) -> None:
        pause = SHOW_SECONDS + SHOW_SECONDS_EACH * len(self._seats)
        self._at("show", max(self._loop.time() + FIRST_SECONDS, self._shown_at + pause), self._show)

    def _show(self) -> None:
        self._shown_at = self._loop.time()
        events = {"presence": self._presence(), "typing": self._typing_now()}
        whole = protocol.frame(events.values())
        news = protocol.frame(events[it] for it in sorted(self._news)) if self._news else None
        self._news.clear()
        self._show_some(iter(list(self._seats)), whole, news)

    def _show_some(self, seats: Iterator[Seat], whole: str, news: str | None) -> None:
        some = list(islice(seats, SHOWN_AT_ONCE))
        for seat in some:
            frame = whole if seat.is_stale else news
            if seat.ear is not None and frame is not None and seat in self._seats:
                seat.is_stale = not seat.ear.say(frame)
                if seat.is_stale:
                    self._in("show", RETRY_SECONDS, self._show)
        if len(some) == SHOWN_AT_ONCE:
            self._loop.call_soon(self._show_some, seats, whole, news)

    def _presence(self) -> str:
        people = self.roster.people
        return protocol.encode(Presence(len(people), _persons(people, SHOWN_PEOPLE)))

    def _typing_now(self) -> str:
        people = self.typists.people
        return protocol.encode(TypingNow(len(people), _persons(people, SHOWN_TYPISTS)))

    # --- time -----------------------------------------------------------------------------------

    def _in(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._at(name, self._loop.time() + seconds, act)

    def _at(self, name: str, when: float, act: Callable[[], None]) -> None:
        """Act then, unless something of that name is to be done before."""
        pending = self._timers.get(name)
        if pending is not None and not pending.cancelled() and pending.when() <= when:
            return
        if pending is not None:
            pending.cancel()
        self._timers[name] = self._loop.call_at(when, self._act, name, act)

    def _act(self, name: str, act: Callable[[], None]) -> None:
        del self._timers[name]
        act()

    def _end(self) -> None:
        self._tell_delta()
        self._cancel_timers()
        self._when_over()

    async def farewell(self) -> None:
        """The process ends: the others need not wait until its people fade."""
        self._cancel_timers()
        await self._layer.send(self.room.group, self._said({"people": {}, "whole": True}))

    def _cancel_timers(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def _persons(people: People, count: int) -> list[Person]:
    return [Person(id=id, name=name) for id, name in islice(people.items(), count)]
