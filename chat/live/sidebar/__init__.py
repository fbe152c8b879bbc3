"""The sidebar of a connection: the person's rooms, with what is new in each.

A connection that asks for its rooms gets the whole list, and from then on news: what others post in
the other rooms. Unread messages are counted when a connection asks, not when a message is posted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db import Error
from django.utils import timezone
from msgspec import UNSET

from chat import protocol
from chat.journal import activity, database
from chat.journal.changes import Withdrawn
from chat.live.best_effort import BestEffortSender
from chat.live.read_pointers import READ
from chat.live.sidebar.unread_counts import COUNT_MAX, kind_of, listed_rooms
from chat.models import Member, Room, RoomKind
from chat.models.message import EVERYBODY
from chat.protocol import ListedRoom, News, ReadUpTo, RoomNews, Rooms
from chat.transport.event_bus import EventBus

__all__ = ["Sidebar", "Sidebars"]

NEWS_SECONDS = 1.0  # at least, between two frames of news to a connection
CHANGED = "rooms"  # topic on the event bus; the key is the member's id

K = TypeVar("K")


class Sidebar:
    """One connection's list of rooms. After a dropped frame, the whole list is sent again."""

    def __init__(
        self, sidebars: "Sidebars", member: Member, current: Room, sender: BestEffortSender
    ) -> None:
        """`current` is the connection's room: it gets the messages themselves, so no news."""
        self._sidebars, self._member, self._current = sidebars, member, current
        self._sender = sender
        self.id = str(member.uid)
        self._ids = {self.id, *map(str, member.claimed_uids)}  # mentions of any are mine
        self.rooms: dict[int, ListedRoom] = {}  # by primary key
        self._news: dict[int, RoomNews] = {}  # unsent, by primary key
        self._dropped: set[int] = set()  # since a list was begun to be read
        self._is_stale = True
        self._timer: asyncio.TimerHandle | None = None
        self._listing: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Send the whole list now."""
        self._listing = asyncio.create_task(self._send_list())

    def close(self) -> None:
        self._sidebars.remove(self)
        for pending in (self._timer, self._listing):
            if pending is not None:
                pending.cancel()

    def refresh(self) -> None:
        """Send the whole list again, within NEWS_SECONDS if the client keeps up."""
        self._is_stale = True
        self._send_soon()

    def drop(self, room_pk: int) -> None:
        """Forget a room that is no longer the member's, also in a list that is being read."""
        self._dropped.add(room_pk)
        if room_pk in self.rooms:
            self._sidebars.remove(self)
            del self.rooms[room_pk]
            self._sidebars.add(self)
        self._news.pop(room_pk, None)
        self.refresh()

    def add_read(self, room_pk: int, seq: int) -> None:
        """Send that the member has read up to `seq` in a room that the client shows."""
        visited = _visited_room(self._current) if room_pk == self._current.pk else None
        if room := self.rooms.get(room_pk, visited):
            frame = protocol.frame([protocol.encode(ReadUpTo(room.name, room.id, seq))])
            if self._is_listing or not self._sender.send(frame):
                self.refresh()

    def add_posts(self, room_pk: int, posts: Iterable[activity.Posted]) -> None:
        """Send soon what others posted in a room of the list."""
        room = self.rooms[room_pk]
        by_others = [it for it in posts if it.author != self.id]
        if room_pk == self._current.pk or not by_others:
            return
        news = self._news_of(room_pk)
        news.posted_at = room.posted_at = by_others[-1].at
        mentions_me = self._ids if room.muted else {*self._ids, EVERYBODY}
        news.posts = [*news.posts, *(it.seq for it in by_others)][-COUNT_MAX:]
        is_for_me = _is_for_me(room)
        mentions = [it.seq for it in by_others if is_for_me or mentions_me & set(it.mentions)]
        news.mentions = [*news.mentions, *mentions][-COUNT_MAX:]
        self._send_soon()

    def add_withdrawn(self, room_pk: int, withdrawn: Iterable[Withdrawn]) -> None:
        """Send soon what others deleted, or whom they mention no longer, in a room of the list."""
        room = self.rooms[room_pk]
        by_others = [it for it in withdrawn if it.author != self.id and it.seq > room.read]
        if room_pk == self._current.pk or not by_others or room.posted_at is None:
            return
        news = self._news_of(room_pk)
        for it in by_others:
            self._withdraw(news, it, is_for_me=_is_for_me(room))
        if news.posts or news.deleted or news.unmentioned:
            self._send_soon()
        else:
            del self._news[room_pk]  # the client never heard of what was taken back

    def _withdraw(self, news: RoomNews, withdrawn: Withdrawn, *, is_for_me: bool) -> None:
        seq, is_unsent = withdrawn.seq, withdrawn.seq in news.posts
        is_mine = bool({*self._ids, EVERYBODY} & set(withdrawn.mentions))
        if is_for_me:
            is_mine = withdrawn.is_deleted  # whomever it mentioned
        if is_mine or withdrawn.is_deleted:
            news.mentions = [it for it in news.mentions if it != seq]
        if withdrawn.is_deleted:
            news.posts = [it for it in news.posts if it != seq]
        if not is_unsent and is_mine:
            news.unmentioned = [*(news.unmentioned or []), seq][-COUNT_MAX:]
        if not is_unsent and withdrawn.is_deleted:
            news.deleted = [*(news.deleted or []), seq][-COUNT_MAX:]

    def _news_of(self, room_pk: int) -> RoomNews:
        """The unsent news of a room."""
        room = self.rooms[room_pk]
        nothing = RoomNews(room.id, room.name, room.posted_at or timezone.now(), [], [])
        return self._news.setdefault(room_pk, nothing)

    @property
    def _is_listing(self) -> bool:
        """Whether a whole list is being read, and will replace what is sent before it."""
        return self._listing is not None and not self._listing.done()

    def _send_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(NEWS_SECONDS, self._send)

    def _send(self) -> None:
        self._timer = None
        if self._is_listing or not self._sender.is_ready:
            self._send_soon()  # the client adds news to the list, so the list goes first
        elif self._is_stale:
            self._news = {}  # the new list counts them
            self.open()
        elif self._news:
            news = News(list(self._news.values()))
            self._news = {}
            if not self._sender.send(protocol.frame([protocol.encode(news)])):
                self.refresh()

    async def _send_list(self) -> None:
        self._is_stale = False
        try:
            if self._member.is_saved:
                await self._read_list()
            frame = protocol.frame([protocol.encode(Rooms(self._listed()))])
            is_sent = self._sender.send(frame)
        except Error:
            is_sent = False  # the database is away; the journal logs that
        if not is_sent:
            self.refresh()

    def _listed(self) -> list[ListedRoom]:
        """The list, and the connection's room, which is shown while it is open."""
        rooms, current = list(self.rooms.values()), self._current
        if self._member.is_saved and current.pk not in self.rooms:
            rooms.insert(0, _visited_room(current))
        return rooms

    async def _read_list(self) -> None:
        self._dropped.clear()
        found = self._kept(await self._sidebars.read(self._member))
        if found.keys() != self.rooms.keys():
            self._sidebars.remove(self)
            self.rooms = found
            self._sidebars.add(self)
            # Count again now that posts arrive as news, or one posted in between would be missed.
            found = self._kept(await self._sidebars.read(self._member))
        self.rooms |= {pk: room for pk, room in found.items() if pk in self.rooms}

    def _kept(self, found: dict[int, ListedRoom]) -> dict[int, ListedRoom]:
        return {pk: room for pk, room in found.items() if pk not in self._dropped}


class Sidebars:
    """The sidebars that are open on this process."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_room: dict[int, set[Sidebar]] = defaultdict(set)  # by primary key
        self._by_member: dict[str, set[Sidebar]] = defaultdict(set)  # by member id
        self._reading = asyncio.Lock()
        bus.on(activity.POSTED, self._on_posted)
        bus.on(activity.WITHDRAWN, self._on_withdrawn)
        bus.on(READ, self._on_read)
        bus.on(CHANGED, self._on_changed)
        bus.on(activity.LISTED, self._on_changed)

    def open(self, member: Member, current: Room, sender: BestEffortSender) -> Sidebar:
        """Send the member's rooms to a connection in `current`, and news until it is closed."""
        self._bus.listen()
        sidebar = Sidebar(self, member, current, sender)
        self.add(sidebar)
        sidebar.open()
        return sidebar

    async def read(self, member: Member) -> dict[int, ListedRoom]:
        """Read a member's rooms, by primary key, one list after the other.

        So the other threads that read stay free for those who join.
        """
        async with self._reading:
            return dict(await database.read(listed_rooms, member))

    def publish_change(self, member: Member) -> None:
        """Tell every process, soon, that the member's list of rooms has changed."""
        self._bus.publish(CHANGED, str(member.uid), [True])

    async def publish_change_now(self, member: Member) -> None:
        """Like `publish_change`, for code whose event loop may end with the call."""
        await self.publish_changes_now([str(member.uid)])

    async def publish_changes_now(self, ids: Iterable[str]) -> None:
        """Like `publish_change_now`, for the members with these ids."""
        for id in ids:
            self._bus.publish(CHANGED, id, [True])
        await self._bus.flush()

    def drop(self, member: UUID | None, room_pk: int | None) -> None:
        """A member was taken out of a room: no news of the room goes to the member from here on."""
        if room_pk is not None:
            for sidebar in list(self._by_member.get(str(member), ())):
                sidebar.drop(room_pk)

    def add(self, sidebar: Sidebar) -> None:
        """Pass events to a sidebar: those of its member and of the rooms it lists now."""
        self._by_member[sidebar.id].add(sidebar)
        for room_pk in sidebar.rooms:
            self._by_room[room_pk].add(sidebar)

    def remove(self, sidebar: Sidebar) -> None:
        _discard(self._by_member, sidebar.id, sidebar)
        for room_pk in sidebar.rooms:
            _discard(self._by_room, room_pk, sidebar)

    def _on_posted(self, key: str, items: list[Any]) -> None:
        for _, author, *_ in items:  # keeps the room, and may have left it before
            for sidebar in list(self._by_member.get(author, ())):
                if int(key) not in sidebar.rooms:
                    sidebar.refresh()
        if sidebars := self._by_room.get(int(key)):
            posts = [activity.Posted.unpack(it) for it in items]
            for sidebar in list(sidebars):
                sidebar.add_posts(int(key), posts)

    def _on_withdrawn(self, key: str, items: list[Any]) -> None:
        if sidebars := self._by_room.get(int(key)):
            withdrawn = [activity.unpack_withdrawn(it) for it in items]
            for sidebar in list(sidebars):
                sidebar.add_withdrawn(int(key), withdrawn)

    def _on_read(self, key: str, items: list[Any]) -> None:
        for sidebar in list(self._by_member.get(key, ())):
            for room_pk, seq in items:
                sidebar.add_read(room_pk, seq)

    def _on_changed(self, key: str, items: list[Any]) -> None:
        for sidebar in list(self._by_member.get(key, ())):
            sidebar.refresh()


def _is_for_me(room: ListedRoom) -> bool:
    """Whether each message of the room counts as a mention."""
    return room.kind == RoomKind.DIRECT and not room.muted


def _visited_room(room: Room) -> ListedRoom:
    """A room that is only looked at, by the connection that is in it and needs no counts."""
    seq = room.last_seq
    return ListedRoom(
        id=str(room.uid),
        name=room.shown_name,
        topic=room.topic,
        posted_at=room.posted_at,
        muted=False,
        seq=seq,
        read=seq,
        unread=0,
        mentions=0,
        kind=kind_of(room),
        kept=False,
        archived=room.is_archived or UNSET,
        picture=str(room.shown_picture) if room.shown_picture else UNSET,
    )


def _discard(index: dict[K, set[Sidebar]], key: K, sidebar: Sidebar) -> None:
    sidebars = index.get(key, set())
    sidebars.discard(sidebar)
    if not sidebars:
        index.pop(key, None)
