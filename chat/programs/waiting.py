"""Requests of programs that wait for a change of their rooms. One that waits costs no thread."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from chat.journal.activity import CHANGED, LISTED
from chat.transport.event_bus import EventBus


class Waiter:
    """One request that waits. A change that comes before `wait` counts as well."""

    def __init__(self, by_key: dict[str, set["Waiter"]], member: UUID) -> None:
        self._by_key, self._keys = by_key, {str(member)}
        self._changed = asyncio.Event()
        by_key[str(member)].add(self)

    def wake(self) -> None:
        self._changed.set()

    def watch(self, rooms: Iterable[int]) -> bool:
        """Wake at changes of these rooms, by primary key. Returns whether one is new."""
        new = {str(it) for it in rooms} - self._keys
        for key in new:
            self._by_key[key].add(self)
        self._keys |= new
        return bool(new)

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
    """The requests that wait on this process. A lost event makes one wait longer, not miss."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._by_key: dict[str, set[Waiter]] = defaultdict(set)  # of rooms, and of members
        self.is_closing = False
        bus.on(CHANGED, self._on_event)
        bus.on(LISTED, self._on_event)

    def __len__(self) -> int:
        """How many wait."""
        return len({it for waiters in self._by_key.values() for it in waiters})

    @contextmanager
    def hold(self, member: UUID) -> Iterator[Waiter]:
        """A waiter that wakes when the member's list of rooms changes, and for what it watches."""
        self._bus.listen()
        waiter = Waiter(self._by_key, member)
        try:
            yield waiter
        finally:
            waiter.leave()

    def close(self) -> None:
        """The process is about to end: nobody waits any longer."""
        self.is_closing = True
        for key in list(self._by_key):
            self._on_event(key, [])

    def _on_event(self, key: str, items: list[Any]) -> None:
        for waiter in list(self._by_key.get(key, ())):
            waiter.wake()
