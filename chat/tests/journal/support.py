"""Entries without a database, and changes that no nudge announces."""

import asyncio
from uuid import uuid4

from chat.journal import Appended, Entry, Feed, Post, database
from chat.journal.entry import TOMBSTONE
from chat.journal.write.appender import commit
from chat.models import Member, Room
from chat.tests.support.clients import TIMEOUT_SECONDS


def entry(version: int, size: int = 100) -> Entry:
    return Entry(version, version, "", size)


def tombstone(seq: int, version: int, size: int = 100) -> Entry:
    return Entry(seq, version, TOMBSTONE, size)


def entries(count: int, size: int = 100, after: int = 0) -> list[Entry]:
    return [entry(version, size) for version in range(after + 1, after + count + 1)]


def commit_silently(room: Room, author: Member, count: int = 1) -> list[Entry]:
    """Commit messages as another process does whose nudges are lost."""
    posts = [Post(room.pk, author.pk, uuid4(), str(number)) for number in range(count)]
    return [outcome.entry for outcome in commit(posts) if isinstance(outcome, Appended)]


async def commit_elsewhere(room: Room, author: Member, count: int = 1) -> list[Entry]:
    """Like `commit_silently`, on the writing thread."""
    return await database.write(commit_silently, room, author, count)


async def versions_read(feed: Feed, after: int, up_to: int) -> list[int]:
    """Read the feed like a cursor that moves from `after` to `up_to`."""
    versions: list[int] = []
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not versions or versions[-1] < up_to:
            await feed.wait_beyond(after)
            slice = await feed.after(after)
            versions += [entry.version for entry in slice.entries]
            after = slice.version
    return versions
