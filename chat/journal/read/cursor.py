"""A connection is a cursor: the version up to which the room's journal was sent to it.

Live delivery, catching up and a slow client are one operation: send what lies after the cursor.
"""

import asyncio
import logging
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from django.db import Error

from chat.journal import database
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.journal.read.delivery import Follower, Sending
from chat.journal.read.feed import READ_ENTRIES, Feed
from chat.journal.read.slices import Slice
from chat.journal.read.view import View
from chat.journal.read.window import Window
from chat.transport.counters import counters

RETRY_SECONDS = 2.0  # on average, between attempts of a cursor to read the journal

logger = logging.getLogger(__name__)

T = TypeVar("T")

Send = Callable[[T], Sending]


def _do_nothing() -> None:
    pass


async def _nothing() -> None:
    """The sending of nothing."""


async def retry_until_read(read: Callable[[], Awaitable[T]]) -> T:
    """Return what `read` returns; repeat it while the database is away."""
    while True:
        try:
            return await read()
        except Error as error:
            logger.error("the journal cannot be read, will retry: %s", error)
            await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311


async def _follow(follower: Follower, feed: Feed, send_next: Callable[[], Awaitable[None]]) -> None:
    """Keep a follower up to date: pushed to at the head, reading by itself while behind."""
    while True:
        if follower.version < feed.tail.head:
            await send_next()
        else:
            await feed.delivery.push_to(follower)


class Cursor:
    """The cursor of a `chat.v1` connection, whose client acknowledges what has arrived.

    `version` is the version up to which the connection was sent the journal.
    """

    # Delivery visits every cursor of a room: keep cursors small.
    __slots__ = (
        "_acknowledged",
        "_changes_from",
        "_feed",
        "_on_ack_needed",
        "_send",
        "_view",
        "version",
        "window",
    )

    def __init__(
        self,
        feed: Feed,
        version: int,
        changes_from: int = sys.maxsize,
        view: View | None = None,
    ) -> None:
        """Where it stands at `changes_from` or later, the client is sent changes of messages.

        `view` is what the reader may see; None: all.
        """
        self.version = version
        self._view = view
        self._changes_from = changes_from
        self.window = Window()
        self._feed = feed
        self._acknowledged = asyncio.Event()
        self._on_ack_needed = _do_nothing

    async def follow(self, send: Send[str], on_ack_needed: Callable[[], None]) -> None:
        """Send what lies after the cursor, as frames, until cancelled. Raises what `send` raises.

        Calls `on_ack_needed` after each slice while the window needs an acknowledgement. Raises
        NoLongerIn where the reader was taken out of the room.
        """
        self._send, self._on_ack_needed = send, on_ack_needed
        try:
            await _follow(self, self._feed, self._send_next)
        finally:
            del self._send
            self._on_ack_needed = _do_nothing  # a method of the session, which holds the cursor

    async def _send_next(self) -> None:
        slice = await retry_until_read(self.next)
        counters.deliveries += 1
        await self._send(slice.frame)

    def advance(self, slice: Slice) -> Sending | None:
        slice = self._as_sent(slice)
        if not slice.entries:  # nothing for this reader
            self.version = slice.version
            return _nothing()
        if not self.window.fits(slice):
            return None
        self._move_past(slice)
        return self._send(slice.frame)

    async def next(self) -> Slice:
        """Return the next slice once there is one that fits the window; the cursor moves past it.

        Raises what the database raises.
        """
        while True:
            self._acknowledged.clear()
            await self._feed.wait_beyond(self.version)
            seen = self._as_sent(await self._feed.after(self.version))
            if not seen.entries:  # nothing for this reader
                self.version = seen.version
                continue
            slice = self.window.cut(seen)
            if slice.entries:
                self._move_past(slice)
                return slice
            await self._acknowledged.wait()

    def _as_sent(self, slice: Slice) -> Slice:
        if self._view is not None:
            slice = self._view.of(slice)
        return slice.as_changes if self.version >= self._changes_from else slice

    def _move_past(self, slice: Slice) -> None:
        self.version = slice.version
        self.window.add(slice)
        if self.window.needs_ack:
            self._on_ack_needed()

    def acknowledge(self, version: int) -> bool:
        """The client has everything up to `version`. Returns whether that made room."""
        made_room = self.window.acknowledge(version)
        if made_room:
            self._acknowledged.set()
        return made_room


class PostCursor:
    """The cursor of a plain connection, which is sent each message once, and no later changes.

    `version` is the version up to which the connection was sent all messages.
    """

    def __init__(self, feed: Feed, version: int, view: View | None = None) -> None:
        """`view` is what the reader may see; None: all."""
        self.version = version
        self._feed, self._view = feed, view

    async def follow(self, send: Send[Sequence[Entry]]) -> None:
        """Send new messages until cancelled. Raises what `send` raises."""
        self._send = send
        try:
            await _follow(self, self._feed, self._send_next)
        finally:
            del self._send  # a method of the session, which holds the cursor

    async def _send_next(self) -> None:
        posts = await retry_until_read(self.next)
        counters.deliveries += 1
        await self._send(posts)

    def advance(self, slice: Slice) -> Sending | None:
        if not self._feed.tail.is_complete_after(self.version):
            return None
        slice = self._seen(slice)
        self.version = slice.version
        return self._send(slice.posts)

    async def next(self) -> Sequence[Entry]:
        """Return the next new messages once something has changed; perhaps none.

        The cursor moves past them. Raises what the database raises.
        """
        await self._feed.wait_beyond(self.version)
        if self._feed.tail.is_complete_after(self.version):
            slice = self._seen(await self._feed.after(self.version))
            self.version = slice.version
            return slice.posts
        # The tail may lack a message as it was posted, if it was edited since: read by seq.
        head = self._feed.head
        posts = await database.read(queries.posts, self._feed.room.pk, self.version, READ_ENTRIES)
        read = self._seen(Slice(posts, posts[-1].seq if posts else head))
        self.version = read.version
        return read.entries

    def _seen(self, slice: Slice) -> Slice:
        return slice if self._view is None else self._view.of(slice)
