"""Read pointers: how far each member has read in each room.

A pointer moves forward only, and is shared by a person's tabs and devices. Pointers that move
within STORE_SECONDS are stored together.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from django.db import Error

from chat.journal import database
from chat.journal.write import statements
from chat.models import Member, Room
from chat.transport.event_bus import EventBus

STORE_SECONDS = 1.0  # between two writes to the database
BATCH_SIZE = 500  # pointers in one transaction, so that messages need not wait for all
READ = "read"  # topic on the event bus; the key is the member's id, items are [room pk, seq]

logger = logging.getLogger(__name__)

Key = tuple[int, int]  # the primary keys of a member and a room


class ReadPointer(NamedTuple):
    """How far a member has read in a room. `uid` is the member's id.

    `version` is that of the room up to which the member had been sent changes then.
    """

    seq: int
    version: int
    uid: str


class ReadPointers:
    """Stores the read pointers that move on this process, and tells every process."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._pending: dict[Key, ReadPointer] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._storing: asyncio.Task[None] | None = None

    def move(self, member: Member, room: Room, seq: int, version: int) -> None:
        """Store soon that the member has read everything up to `seq`, as it was at `version`."""
        self._add_pending((member.pk, room.pk), ReadPointer(seq, version, str(member.uid)))
        self._schedule_store()

    def store_now(self) -> None:
        """Start to store what is pending: the next page the person opens reads the pointer."""
        if self._timer is not None:
            self._timer.cancel()
            self._start_store()

    async def drain(self) -> None:
        """Store what is pending, also what moved during a running write. Gives up on errors."""
        for _ in range(2):
            self.store_now()
            if self._storing is not None:
                await asyncio.wait([self._storing])

    def _add_pending(self, key: Key, pointer: ReadPointer) -> None:
        self._pending[key] = max(pointer, self._pending.get(key, pointer))

    def _schedule_store(self) -> None:
        if self._timer is None and self._storing is None and self._pending:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(STORE_SECONDS, self._start_store)

    def _start_store(self) -> None:
        self._timer = None
        self._storing = asyncio.create_task(self._store())

    async def _store(self) -> None:
        unstored, self._pending = self._pending, {}
        try:
            while keys := list(islice(unstored, BATCH_SIZE)):
                some = {key: (unstored[key].seq, unstored[key].version) for key in keys}
                moved = await database.write(statements.move_read_pointers, some)
                # After the commit: a sidebar that counted before the commit is corrected.
                self._publish(unstored, moved)
                for key in keys:
                    del unstored[key]
        except Error as error:
            logger.error("%d read pointers not stored, will retry: %s", len(unstored), error)
            for key, pointer in unstored.items():
                self._add_pending(key, pointer)
        finally:
            self._storing = None
            self._schedule_store()

    def _publish(self, pointers: Mapping[Key, ReadPointer], moved: Iterable[Key]) -> None:
        for member_pk, room_pk in moved:
            seq, _, uid = pointers[member_pk, room_pk]
            self._bus.publish(READ, uid, [[room_pk, seq]])
