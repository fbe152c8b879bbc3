"""Requests of programs that wait for a change of their rooms. One that waits costs no thread."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from chat.journal import database
from chat.journal.activity import CHANGED, LISTED
from chat.journal.read import queries
from chat.journal.read.feeds import ROOMS_PER_QUERY, Feeds
from chat.transport.event_bus import EventBus


class Waiter:
    """One request that waits. A change that comes before `wait` counts as well."""

    def __init__(self, by_key: dict[str, set["Waiter"]], member: UUID) -> None:
        self._by_key, self._keys = by_key, {str(member)}
        self._versions: Mapping[int, int] = {}  # of rooms, as they were read
        self._changed = asyncio.Event()
        by_key[str(member)].add(self)

    def wake(self) -> None:
        self._changed.set()

    def watch(self, rooms: Mapping[int, int]) -> bool:
        """Wake at changes of these rooms, by primary key, after these versions.

        Returns whether a room is new.
        """
        self._versions = rooms
        new = {str(it) for it in rooms} - self._keys
        for key in new:
            self._by_key[key].add(self)
        self._keys |= new
        return bool(new)

    def is_behind(self, room: int, version: int) -> bool:
        return version > self._versions.get(room, version)

    async def wait(self, seconds: float) -> bool:
        """Return at a change, or after so many seconds: whether there was one."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        self._changed.clear()
        return True

    def leave(self) -> None:
        for key in self._keys:
            self._by_key[key].discard(self)
            if not self._by_key[key]:
                del self._by_key[key]


class Waiting:
    """The requests that wait on this process. A lost event makes one wait for the next round."""

    def __init__(self, bus: EventBus, feeds: Feeds) -> None:
        self._bus, self._feeds = bus, feeds
        self._by_key: dict[str, set[Waiter]] = defaultdict(set)  # of rooms, and of members
        self.is_closing = False
        bus.on(CHANGED, self._on_event)
        bus.on(LISTED, self._on_event)
        feeds.on_round(self._look_at_all)

    def __len__(self) -> int:
        """How many wait."""
        return len({it for waiters in self._by_key.values() for it in waiters})

    @contextmanager
    def hold(self, member: UUID) -> Iterator[Waiter]:
        """A waiter that wakes when the member's list of rooms changes, and for what it watches."""
        self._bus.listen()
        self._feeds.start_rounds()  # which read revocations as well
        waiter = Waiter(self._by_key, member)
        try:
            yield waiter
        finally:
            waiter.leave()

    async def _look_at_all(self) -> None:
        await self.look([int(it) for it in self._by_key if it.isdecimal()])

    async def look(self, keys: Iterable[int]) -> None:
        """Wake who waits for one of these rooms that has changed. Raises `django.db.Error`."""
        rooms = list(keys)
        for start in range(0, len(rooms), ROOMS_PER_QUERY):
            some = rooms[start : start + ROOMS_PER_QUERY]
            for room, head in (await database.read_urgent(queries.heads, some)).items():
                for waiter in self._by_key.get(str(room), ()):
                    if waiter.is_behind(room, head.version):
                        waiter.wake()

    def close(self) -> None:
        """The process is about to end: nobody waits any longer."""
        self.is_closing = True
        for key in list(self._by_key):
            self._on_event(key, [])

    def _on_event(self, key: str, items: list[Any]) -> None:
        for waiter in list(self._by_key.get(key, ())):
            waiter.wake()
