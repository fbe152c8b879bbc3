"""The sidebar of a connection: the person's rooms, with what is new in each.

A connection that asks gets the whole list, and from then on what is posted in the other rooms. A
message costs the same however many sidebars list its room: unread messages are counted when a
connection asks.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import Error

from chat import protocol
from chat.journal import activity, threads
from chat.live.best_effort import BestEffortSender
from chat.live.read_pointers import READ
from chat.live.sidebar.unread_counts import COUNT_MAX, listed
from chat.models import Member, Room
from chat.models.message import EVERYBODY
from chat.protocol import ListedRoom, News, ReadUpTo, RoomNews, Rooms
from chat.transport.event_bus import EventBus

__all__ = ["Sidebar", "Sidebars"]

NEWS_SECONDS = 1.0  # at least, between two frames to a connection
CHANGED = "rooms"  # topic on the event bus; the key is the member's id

K = TypeVar("K")


class Sidebar:
    """One connection's list of rooms. A dropped frame is replaced by the whole list, later."""

    def __init__(
        self, sidebars: "Sidebars", member: Member, current: Room, sender: BestEffortSender
    ) -> None:
        """`current` is the room of the connection, whose news arrive as messages."""
        self._sidebars, self._member, self._current = sidebars, member, current
        self._sender = sender
        self.id = str(member.uid)
        self.rooms: dict[int, ListedRoom] = {}  # by primary key
        self._news: dict[int, RoomNews] = {}
        self._is_stale = True
        self._timer: asyncio.TimerHandle | None = None
        self._listing: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._listing = asyncio.create_task(self._send_list())

    def close(self) -> None:
        self._sidebars.remove(self)
        for pending in (self._timer, self._listing):
            if pending is not None:
                pending.cancel()

    def renew(self) -> None:
        """Send the whole list again, soon."""
        self._is_stale = True
        self._send_soon()

    def read(self, room_id: int, seq: int) -> None:
        """The member has read up to `seq` in one of the rooms."""
        if room := self.rooms.get(room_id):
            frame = protocol.frame([protocol.encode(ReadUpTo(room.name, room.id, seq))])
            if self._is_listing or not self._sender.send(frame):
                self.renew()

    def post(self, room_id: int, posts: Iterable[activity.Posted]) -> None:
        """Messages were posted in one of the rooms."""
        room = self.rooms[room_id]
        theirs = [it for it in posts if it.author != self.id]
        if room_id == self._current.pk or not theirs:
            return
        unsent = RoomNews(room.id, room.name, theirs[-1].at, [], [])
        news = self._news.setdefault(room_id, unsent)
        news.posted_at = theirs[-1].at
        mentions_me = {self.id} if room.muted else {self.id, EVERYBODY}
        news.posts = [*news.posts, *(it.seq for it in theirs)][-COUNT_MAX:]
        news.mentions += [it.seq for it in theirs if mentions_me & set(it.mentions)]
        self._send_soon()

    @property
    def _is_listing(self) -> bool:
        """Whether a whole list is being made; it replaces what was sent before."""
        return self._listing is not None and not self._listing.done()

    def _send_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(NEWS_SECONDS, self._send)

    def _send(self) -> None:
        self._timer = None
        if self._is_listing or not self._sender.is_ready:
            self._send_soon()  # news must follow the list that they add to
        elif self._is_stale:
            self._news = {}  # the new list counts them
            self.open()
        elif self._news:
            news = News(list(self._news.values()))
            self._news = {}
            if not self._sender.send(protocol.frame([protocol.encode(news)])):
                self.renew()

    async def _send_list(self) -> None:
        """Follow the rooms before counting: a message posted meanwhile arrives as news as well."""
        self._is_stale = False
        try:
            if self._member.is_saved:
                found = dict(await threads.read(listed, self._member))
                if found.keys() != self.rooms.keys():
                    self._sidebars.remove(self)
                    self.rooms = found
                    self._sidebars.add(self)
                    found = dict(await threads.read(listed, self._member))
                self.rooms |= {it: found[it] for it in found if it in self.rooms}
            frame = protocol.frame([protocol.encode(Rooms(list(self.rooms.values())))])
            is_sent = self._sender.send(frame)
        except Error:
            is_sent = False  # the database is away; the journal logs that
        if not is_sent:
            self.renew()


class Sidebars:
    """The sidebars that are open in this process."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_room: dict[int, set[Sidebar]] = defaultdict(set)
        self._by_member: dict[str, set[Sidebar]] = defaultdict(set)
        bus.on(activity.POSTED, self._posted)
        bus.on(READ, self._read)
        bus.on(CHANGED, self._changed)

    def open(self, member: Member, current: Room, sender: BestEffortSender) -> Sidebar:
        """Keep a connection in the room `current` told of its person's rooms, until closed."""
        self._bus.listen()
        sidebar = Sidebar(self, member, current, sender)
        self.add(sidebar)
        sidebar.open()
        return sidebar

    def publish_change(self, member: Member) -> None:
        """Tell every process that the member entered another room."""
        self._bus.publish(CHANGED, str(member.uid), [True])

    async def publish_change_now(self, member: Member) -> None:
        """Tell every process that the member left or muted a room."""
        await self._bus.publish_now(CHANGED, str(member.uid), [True])

    def add(self, sidebar: Sidebar) -> None:
        self._by_member[sidebar.id].add(sidebar)
        for room_id in sidebar.rooms:
            self._by_room[room_id].add(sidebar)

    def remove(self, sidebar: Sidebar) -> None:
        _discard(self._by_member, sidebar.id, sidebar)
        for room_id in sidebar.rooms:
            _discard(self._by_room, room_id, sidebar)

    def _posted(self, key: str, items: list[Any]) -> None:
        if sidebars := self._by_room.get(int(key)):
            posts = [activity.Posted.unpack(it) for it in items]
            for sidebar in list(sidebars):
                sidebar.post(int(key), posts)

    def _read(self, key: str, items: list[Any]) -> None:
        for sidebar in list(self._by_member.get(key, ())):
            for room_id, seq in items:
                sidebar.read(room_id, seq)

    def _changed(self, key: str, items: list[Any]) -> None:
        for sidebar in list(self._by_member.get(key, ())):
            sidebar.renew()


def _discard(index: dict[K, set[Sidebar]], key: K, sidebar: Sidebar) -> None:
    sidebars = index.get(key, set())
    sidebars.discard(sidebar)
    if not sidebars:
        index.pop(key, None)
