"""A connection is a cursor: the version up to which it has been sent the room's journal.

Joining, live delivery, catching up and a slow reader are one operation: send what lies after it.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from django.db import Error

from chat.journal import threads
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.journal.read.feed import READ_ENTRIES, Feed, Follower, Slice

WINDOW_CHANGES = 1_000  # sent and not yet acknowledged
WINDOW_BYTES = 512 * 1024
ACK_CHANGES = 100  # a client acknowledges at least this often
RETRY_SECONDS = 2.0  # on average, between attempts of a cursor to read the journal

logger = logging.getLogger(__name__)

T = TypeVar("T")

Sending = Coroutine[Any, Any, None]
Send = Callable[[T], Sending]


class Window:
    """Flow control: how much lies between a connection's last acknowledgement and what was sent."""

    __slots__ = ("_sent", "bytes", "changes")

    def __init__(self) -> None:
        self.changes = 0
        self.bytes = 0
        self._sent: deque[Slice] = deque()  # and not acknowledged

    @property
    def is_owed(self) -> bool:
        """Whether the client should acknowledge something by now."""
        return self.changes >= ACK_CHANGES or self.bytes >= WINDOW_BYTES // 2

    def takes(self, slice: Slice) -> bool:
        """Whether the whole slice may be sent now."""
        return (
            self.changes + slice.count <= WINDOW_CHANGES and self.bytes + slice.size <= WINDOW_BYTES
        )

    def room_for(self, slice: Slice) -> Slice:
        """As much of the slice as may be sent now; perhaps nothing."""
        return slice.cut(WINDOW_CHANGES - self.changes, WINDOW_BYTES - self.bytes)

    def sent(self, slice: Slice) -> None:
        self.changes += slice.count
        self.bytes += slice.size
        self._sent.append(slice)

    def acknowledge(self, version: int) -> bool:
        """Everything up to `version` has arrived. Returns whether that was news."""
        before = len(self._sent)
        while self._sent and self._sent[0].version <= version:
            arrived = self._sent.popleft()
            self.changes -= arrived.count
            self.bytes -= arrived.size
        return len(self._sent) < before


async def patiently(reading: Callable[[], Awaitable[T]]) -> T:
    """What a cursor reads next; while the database is away, tried again until it is back."""
    while True:
        try:
            return await reading()
        except Error as error:
            logger.error("the journal cannot be read, will retry: %s", error)
            await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311


async def _follow(follower: Follower, feed: Feed, send_next: Callable[[], Awaitable[None]]) -> None:
    """Carried along while level with the head; on its own, one step after the other, until then."""
    while True:
        if follower.version < feed.head:
            await send_next()
        else:
            await feed.deliver_to(follower)


class Cursor:
    """The place of a `chat.v1` connection, which acknowledges what has arrived.

    `version` is what it was sent up to.
    """

    # A room's delivery goes through all its cursors: the less memory each touches, the faster.
    __slots__ = ("_feed", "_freed", "_on_owed", "_send", "version", "window")

    def __init__(self, feed: Feed, version: int) -> None:
        self.version = version
        self.window = Window()
        self._feed = feed
        self._freed = asyncio.Event()
        self._on_owed: Callable[[], None] = lambda: None

    async def follow(self, send: Send[str], on_owed: Callable[[], None]) -> None:
        """Send what lies after the cursor, as frames, for ever. Raises what `send` raises.

        Calls `on_owed` whenever something was sent and an acknowledgement is owed.
        """
        self._send, self._on_owed = send, on_owed
        await _follow(self, self._feed, self._send_next)

    async def _send_next(self) -> None:
        slice = await patiently(self.next)
        await self._send(slice.frame)

    def advance(self, slice: Slice) -> Sending | None:
        if not self.window.takes(slice):
            return None
        self._pass(slice)
        return self._send(slice.frame)

    async def next(self) -> Slice:
        """What comes next, once there is something and the window has room for it; now sent."""
        while True:
            self._freed.clear()
            await self._feed.wait_beyond(self.version)
            slice = self.window.room_for(await self._feed.after(self.version))
            if slice.entries:
                self._pass(slice)
                return slice
            await self._freed.wait()

    def _pass(self, slice: Slice) -> None:
        self.version = slice.version
        self.window.sent(slice)
        if self.window.is_owed:
            self._on_owed()

    def acknowledge(self, version: int) -> bool:
        """Everything up to `version` has arrived. Returns whether that was news."""
        freed = self.window.acknowledge(version)
        if freed:
            self._freed.set()
        return freed


class PostCursor:
    """The place of a plain connection, which sees each message once, as it is posted.

    Everything posted up to `version` was sent.
    """

    def __init__(self, feed: Feed, version: int) -> None:
        self.version = version
        self._feed = feed

    async def follow(self, send: Send[Sequence[Entry]]) -> None:
        """Send the posts that come, for ever. Raises what `send` raises."""
        self._send = send
        await _follow(self, self._feed, self._send_next)

    async def _send_next(self) -> None:
        await self._send(await patiently(self.next))

    def advance(self, slice: Slice) -> Sending | None:
        if not self._feed.is_complete_after(self.version):
            return None
        self.version = slice.version
        return self._send(slice.posts)

    async def next(self) -> Sequence[Entry]:
        """The posts that come next, once something has changed; perhaps none."""
        await self._feed.wait_beyond(self.version)
        if self._feed.is_complete_after(self.version):
            slice = await self._feed.after(self.version)
            self.version = slice.version
            return slice.posts
        # In what was read, an edited post lies further on in version order: go by seq.
        head = self._feed.head
        posts = await threads.read(queries.posts, self._feed.room.pk, self.version, READ_ENTRIES)
        self.version = posts[-1].seq if posts else head
        return posts
