"""Read pointers: how far each member has read in each room.

A pointer only moves forward, and follows a person over tabs and devices. What people read within
READ_SECONDS is stored together: a message costs its room the same, however many read it.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from django.db import Error

from chat.journal import threads
from chat.journal.write import statements
from chat.models import Member, Room
from chat.transport.event_bus import EventBus

READ_SECONDS = 1.0  # between two times of storing
STORED_AT_ONCE = 500  # so that messages get in between
READ = "read"  # on the bulletin, by the member's id: pairs of a room's primary key and a seq

logger = logging.getLogger(__name__)

Key = tuple[int, int]  # the primary keys of a member and a room


class Moved(NamedTuple):
    """How far a member has read in a room. `uid` is the member's id."""

    seq: int
    uid: str


class ReadPointers:
    """Those that moved on this process and are not stored yet."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._moved: dict[Key, Moved] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._storing: asyncio.Task[None] | None = None

    def move(self, member: Member, room: Room, seq: int) -> None:
        """The member has read everything up to `seq`."""
        self._move((member.pk, room.pk), Moved(seq, str(member.uid)))
        self._schedule()

    def hurry(self) -> None:
        """Somebody left, perhaps for another page, which will ask how far they have read."""
        if self._timer is not None:
            self._timer.cancel()
            self._begin()

    async def drain(self) -> None:
        """Return once what was read is stored, or could not be."""
        self.hurry()
        if self._storing is not None:
            await asyncio.wait([self._storing])

    def _move(self, key: Key, moved: Moved) -> None:
        self._moved[key] = max(moved, self._moved.get(key, moved))

    def _schedule(self) -> None:
        if self._timer is None and self._storing is None and self._moved:
            self._timer = asyncio.get_running_loop().call_later(READ_SECONDS, self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._storing = asyncio.create_task(self._store())

    async def _store(self) -> None:
        waiting, self._moved = self._moved, {}
        try:
            while some := list(islice(waiting, STORED_AT_ONCE)):
                stored = {key: waiting[key].seq for key in some}
                self._publish(waiting, await threads.write(statements.move_read_pointers, stored))
                for key in some:
                    del waiting[key]
        except Error as error:
            logger.error("%d read pointers not stored, will retry: %s", len(waiting), error)
            for key, moved in waiting.items():
                self._move(key, moved)
        finally:
            self._storing = None
            self._schedule()

    def _publish(self, moved: Mapping[Key, Moved], news: Iterable[Key]) -> None:
        """Only once it is stored: whoever has counted before then hears of it."""
        for member, room in news:
            seq, uid = moved[member, room]
            self._bus.publish(READ, uid, [[room, seq]])
