"""Rooms as journals: the door in (append), the door out (feeds), and the reads between them.

A room's every change takes its next version, in the transaction that stores it. What everybody sees
is the journal in version order, so nothing is lost, shown twice or reordered, whatever the channel
layer, the process or the connection does.
"""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from asgiref.sync import async_to_sync

from chat import layer
from chat.journal import read, threads
from chat.journal.announce import Announcer
from chat.journal.appender import Appender
from chat.journal.changes import (
    NO_MARKUP,
    Appended,
    Change,
    Delete,
    Edit,
    Markup,
    Mentioned,
    Post,
    React,
    Refused,
)
from chat.journal.cursor import Cursor, PostCursor
from chat.journal.entry import Entry
from chat.journal.feed import Feed, Slice
from chat.journal.feeds import Feeds
from chat.models import Room
from chat.perloop import PerLoop

__all__ = [
    "NO_MARKUP",
    "Appended",
    "Change",
    "Cursor",
    "Delete",
    "Edit",
    "Entry",
    "Feed",
    "Markup",
    "Mentioned",
    "Post",
    "PostCursor",
    "React",
    "Refused",
    "Slice",
    "aclose",
    "append",
    "append_from_sync",
    "drain",
    "is_closing",
    "listen",
    "read",
    "threads",
]


DRAIN_SECONDS = 10

logger = logging.getLogger(__name__)


class Journal:
    """What one event loop shares: its feeds and its way to the disk."""

    def __init__(self) -> None:
        self.feeds = Feeds(layer.here())
        self.appender = Appender(Announcer(self.feeds, layer.here()))
        self.is_closing = False


_here = PerLoop(Journal)


async def append(change: Change) -> Appended:
    """Store a change and tell everybody; returns once it is on disk. Raises Refused."""
    return await _here().appender.append(change)


def append_from_sync(change: Change) -> Appended:
    """The same, for code that is not async: views, the admin, management commands."""
    return async_to_sync(_append_and_tell)(change)


async def _append_and_tell(change: Change) -> Appended:
    appended = await append(change)
    await _here().appender.drain()  # this event loop may end with the call
    return appended


def listen(room: Room) -> AbstractAsyncContextManager[Feed]:
    """The room's feed, open as long as the block lasts."""
    return _here().feeds.listen(room)


def is_closing() -> bool:
    """Whether this process is about to end, and takes nobody in any more."""
    return _here().is_closing


async def drain() -> None:
    """Before the process ends: finish what was accepted, and take nobody in any more.

    Gives up after DRAIN_SECONDS: what is then not stored was not confirmed either.
    """
    _here().is_closing = True
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await _here().appender.drain()
    except TimeoutError:
        logger.error("the journal does not answer: ending with changes that are not stored")


async def aclose() -> None:
    """Let go of the channel layer, once nobody listens any more."""
    await _here().feeds.aclose()
    await layer.here().aclose()
