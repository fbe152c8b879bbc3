"""A connection is a cursor: the version up to which it has been sent the room's journal.

Joining, live delivery, catching up and a slow reader are one operation: send what lies after it.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.db import Error

from chat.journal import read, threads
from chat.journal.entry import Entry
from chat.journal.feed import READ_ENTRIES, Feed, Slice

WINDOW_CHANGES = 1_000  # sent and not yet acknowledged
WINDOW_BYTES = 512 * 1024
ACK_CHANGES = 100  # a client acknowledges at least this often
RETRY_SECONDS = 2.0  # on average, between attempts of a cursor to read the journal

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Window:
    """Flow control: how much lies between a connection's last acknowledgement and what was sent."""

    def __init__(self) -> None:
        self.changes = 0
        self.bytes = 0
        self._sent: deque[tuple[int, int, int]] = deque()  # version, changes, bytes of each frame

    @property
    def is_owed(self) -> bool:
        """Whether the client should acknowledge something by now."""
        return self.changes >= ACK_CHANGES or self.bytes >= WINDOW_BYTES // 2

    def room_for(self, slice: Slice) -> Slice:
        """As much of the slice as may be sent now; perhaps nothing."""
        return slice.cut(WINDOW_CHANGES - self.changes, WINDOW_BYTES - self.bytes)

    def sent(self, version: int, changes: int, bytes: int) -> None:
        self._sent.append((version, changes, bytes))
        self.changes += changes
        self.bytes += bytes

    def acknowledge(self, version: int) -> bool:
        """Everything up to `version` has arrived. Returns whether that was news."""
        before = len(self._sent)
        while self._sent and self._sent[0][0] <= version:
            _, changes, bytes = self._sent.popleft()
            self.changes -= changes
            self.bytes -= bytes
        return len(self._sent) < before


class Cursor:
    """The place of a `chat.v1` connection, which acknowledges what has arrived."""

    def __init__(self, feed: Feed, version: int) -> None:
        self.version = version
        self.window = Window()
        self._feed = feed
        self._freed = asyncio.Event()

    async def next(self) -> Slice:
        """What comes next, once there is something and the window has room for it; now sent."""
        while True:
            self._freed.clear()
            await self._feed.beyond(self.version)
            slice = self.window.room_for(await self._feed.after(self.version))
            if slice.entries:
                self.version = slice.version
                self.window.sent(slice.version, slice.count, slice.size)
                return slice
            await self._freed.wait()

    def acknowledge(self, version: int) -> bool:
        """Everything up to `version` has arrived. Returns whether that was news."""
        freed = self.window.acknowledge(version)
        if freed:
            self._freed.set()
        return freed


async def patiently(reading: Callable[[], Awaitable[T]]) -> T:
    """What a cursor reads next; while the database is away, tried again until it is back."""
    while True:
        try:
            return await reading()
        except Error as error:
            logger.error("the journal cannot be read, will retry: %s", error)
            await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311


class PostCursor:
    """The place of a plain connection, which sees each message once, as it is posted."""

    def __init__(self, feed: Feed, version: int) -> None:
        self._feed = feed
        self.version = version  # everything posted up to it was sent

    async def next(self) -> list[Entry]:
        """The posts that come next, once something has changed; perhaps none."""
        await self._feed.beyond(self.version)
        if self._feed.holds_every(self.version):
            slice = await self._feed.after(self.version)
            self.version = slice.version
            return [entry for entry in slice.entries if entry.is_post]
        # In what was read, an edited post lies further on in version order: go by seq.
        head = self._feed.head
        posts = await threads.read(read.posts, self._feed.room.pk, self.version, READ_ENTRIES)
        self.version = posts[-1].seq if posts else head
        return posts
