"""A person's rooms: what is new in each, told as it happens.

A connection that asks gets the whole list, and then what is posted in the other rooms, gathered.
A message costs the same however many have its room in their list: what they have not read is
counted when they ask.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import Error
from django.db.models import Q

from chat import bulletin, protocol
from chat.journal import activity, threads
from chat.models import Member, Membership, Mention, Message, Room
from chat.models.message import EVERYBODY
from chat.perloop import PerLoop
from chat.protocol import ListedRoom, News, ReadUpTo, RoomNews, Rooms
from chat.reading import READ
from chat.whisper import Whisper

LISTED_ROOMS = 50
COUNTED = 100  # messages; more are as good as many
NEWS_SECONDS = 1.0  # between two frames to a connection, at least
K = TypeVar("K")

CHANGED = "rooms"  # on the bulletin, by the member's id: a room was entered, left, or muted


def listed(member: Member) -> list[tuple[int, ListedRoom]]:
    """The member's rooms with their primary keys, the last active first."""
    memberships = Membership.objects.lately(member)[:LISTED_ROOMS]
    by_activity = sorted(memberships, key=_last_active, reverse=True)
    return [(it.room_id, _listed(it)) for it in by_activity]


def _last_active(membership: Membership) -> datetime:
    return membership.room.posted_at or membership.visited_at


def _listed(membership: Membership) -> ListedRoom:
    room = membership.room
    has_news = room.last_seq > membership.read_seq
    return ListedRoom(
        name=room.name,
        topic=room.topic,
        posted_at=room.posted_at,
        muted=membership.muted_at is not None,
        seq=room.last_seq,
        read=membership.read_seq,
        unread=_unread(membership) if has_news else 0,
        mentions=_mentions(membership) if has_news else 0,
    )


def _unread(membership: Membership) -> int:
    messages = Message.objects.filter(room=membership.room_id, **_since(membership))
    others = messages.filter(deleted_at=None).exclude(author=membership.member_id)
    return others[:COUNTED].count()


def _mentions(membership: Membership) -> int:
    of_me = Q(member=membership.member_id)
    meant = of_me if membership.muted_at else of_me | Q(member=None)
    mine = Message.objects.filter(
        room=membership.room_id, author=membership.member_id, **_since(membership)
    )
    mentions = Mention.objects.filter(meant, room=membership.room_id, **_since(membership))
    of_others = mentions.exclude(seq__in=mine.values("seq"))
    return of_others.values("seq").distinct()[:COUNTED].count()


def _since(membership: Membership) -> dict[str, int]:
    """What is counted: what is posted meanwhile is told as news."""
    return {"seq__gt": membership.read_seq, "seq__lte": membership.room.last_seq}


class RoomsList:
    """One connection's list. What cannot be told now is told anew, as a whole."""

    def __init__(self, member: Member, here: Room, ear: Whisper) -> None:
        self._member, self._here, self._ear = member, here, ear
        self.id = str(member.uid)
        self.rooms: dict[int, ListedRoom] = {}  # by primary key
        self._news: dict[int, RoomNews] = {}
        self._is_stale = True
        self._timer: asyncio.TimerHandle | None = None
        self._telling: asyncio.Task[None] | None = None

    def open(self) -> None:
        self._telling = asyncio.create_task(self._tell_whole())

    def close(self) -> None:
        _here().remove(self)
        for pending in (self._timer, self._telling):
            if pending is not None:
                pending.cancel()

    def renew(self) -> None:
        """What was told is no longer so."""
        self._is_stale = True
        self._tell_soon()

    def read(self, room_id: int, seq: int) -> None:
        if room := self.rooms.get(room_id):
            frame = protocol.frame([protocol.encode(ReadUpTo(room.name, seq))])
            if self._is_counting or not self._ear.say(frame):
                self.renew()

    def post(self, room_id: int, posts: Iterable[activity.Posted]) -> None:
        """Something was said in one of the rooms."""
        room = self.rooms[room_id]
        theirs = [it for it in posts if it.author != self.id]
        if room_id == self._here.pk or not theirs:
            return
        news = self._news.setdefault(room_id, RoomNews(room.name, theirs[-1].at, [], []))
        news.posted_at = theirs[-1].at
        meaning_me = {self.id} if room.muted else {self.id, EVERYBODY}
        news.posts = [*news.posts, *(it.seq for it in theirs)][-COUNTED:]
        news.mentions += [it.seq for it in theirs if meaning_me & set(it.mentions)]
        self._tell_soon()

    @property
    def _is_counting(self) -> bool:
        """Whether a whole list is under way, which replaces what is told before."""
        return self._telling is not None and not self._telling.done()

    def _tell_soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(NEWS_SECONDS, self._tell)

    def _tell(self) -> None:
        self._timer = None
        if self._is_counting or not self._ear.is_ready:
            self._tell_soon()  # news come after what they are added to
        elif self._is_stale:
            self._news = {}  # they are counted now
            self.open()
        elif self._news:
            news = News(list(self._news.values()))
            self._news = {}
            if not self._ear.say(protocol.frame([protocol.encode(news)])):
                self.renew()

    async def _tell_whole(self) -> None:
        """Follow the rooms before they are counted: what is posted meanwhile is told as well."""
        self._is_stale = False
        try:
            if self._member.is_stored:
                found = dict(await threads.read(listed, self._member))
                if found.keys() != self.rooms.keys():
                    _here().remove(self)
                    self.rooms = found
                    _here().add(self)
                    found = dict(await threads.read(listed, self._member))
                self.rooms |= {it: found[it] for it in found if it in self.rooms}
            frame = protocol.frame([protocol.encode(Rooms(list(self.rooms.values())))])
            is_told = self._ear.say(frame)
        except Error:
            is_told = False  # the database is away; others say so
        if not is_told:
            self.renew()


class _Lists:
    """The lists that are open in this process."""

    def __init__(self) -> None:
        self._by_room: dict[int, set[RoomsList]] = defaultdict(set)
        self._by_member: dict[str, set[RoomsList]] = defaultdict(set)
        news = bulletin.here()
        news.on(activity.POSTED, self._posted)
        news.on(READ, self._read)
        news.on(CHANGED, self._changed)

    def add(self, rooms: RoomsList) -> None:
        self._by_member[rooms.id].add(rooms)
        for room_id in rooms.rooms:
            self._by_room[room_id].add(rooms)

    def remove(self, rooms: RoomsList) -> None:
        _discard(self._by_member, rooms.id, rooms)
        for room_id in rooms.rooms:
            _discard(self._by_room, room_id, rooms)

    def _posted(self, key: str, items: list[Any]) -> None:
        if lists := self._by_room.get(int(key)):
            posts = [activity.Posted.unpack(it) for it in items]
            for rooms in list(lists):
                rooms.post(int(key), posts)

    def _read(self, key: str, items: list[Any]) -> None:
        for rooms in list(self._by_member.get(key, ())):
            for room_id, seq in items:
                rooms.read(room_id, seq)

    def _changed(self, key: str, items: list[Any]) -> None:
        for rooms in list(self._by_member.get(key, ())):
            rooms.renew()


def _discard(index: dict[K, set[RoomsList]], key: K, rooms: RoomsList) -> None:
    lists = index.get(key, set())
    lists.discard(rooms)
    if not lists:
        index.pop(key, None)


_here = PerLoop(_Lists)


def follow(member: Member, here: Room, ear: Whisper) -> RoomsList:
    """Tell a connection in the room `here` of its person's rooms, until the list is closed."""
    bulletin.here().listen()
    rooms = RoomsList(member, here, ear)
    _here().add(rooms)
    rooms.open()
    return rooms


def longer(member: Member) -> None:
    """The member has come into another room."""
    bulletin.here().tell(CHANGED, str(member.uid), [True])


async def changed(member: Member) -> None:
    """The member's list is another, or one of its rooms was muted."""
    await bulletin.here().tell_now(CHANGED, str(member.uid), [True])
