"""The one door out: this process's tail of a room's journal, for everyone here who listens.

A feed holds the room's latest entries, already encoded, and the version of its head. Nudges from
the channel layer move it on; where they leave a hole, it reads the journal. Connections are cursors
on it.
"""

import asyncio
import logging
import time
from bisect import bisect_right
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice, takewhile
from typing import Any, Protocol

from chat import protocol
from chat.journal import threads
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.models import Room
from chat.transport.eager import start_eagerly

TAIL_ENTRIES = 1_000  # kept per open room
TAIL_BYTES = 1024 * 1024
HOLE_SECONDS = 0.05  # a hole is given so long to fill by itself
READ_ENTRIES = 500  # read from the journal at once
PAGE_ENTRIES = 50  # what a new arrival sees
PAGE_BYTES = 256 * 1024  # and at most so much of it, as one frame
PAGE_SECONDS = 5  # how long arrivals share one
FOLLOWERS_PER_TURN = 500  # followers
SLICES = 4  # of the tail, kept joined until the head moves

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Slice:
    """Entries in version order, to be sent together; what follows comes after `version`."""

    entries: Sequence[Entry]
    version: int

    @cached_property
    def count(self) -> int:
        return len(self.entries)

    @cached_property
    def size(self) -> int:
        """Bytes on the wire."""
        return sum(entry.size for entry in self.entries)

    @cached_property
    def frame(self) -> str:
        return protocol.frame(entry.json for entry in self.entries)

    @cached_property
    def posts(self) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.is_post]

    def cut(self, count: int, size: int) -> "Slice":
        """As much of its beginning as fits `count` entries and `size` bytes; perhaps nothing."""
        if self.count <= count and self.size <= size:
            return self
        entries = self.entries[: min(count, _fitting(self.entries, size))]
        return Slice(entries, entries[-1].version if entries else 0)


@dataclass(frozen=True)
class Page(Slice):
    """The room's latest messages in seq order, as they stood at `version`."""

    read_at: float  # time.monotonic


Rest = Coroutine[Any, Any, None] | None  # of a sending that had to wait


class Follower(Protocol):
    """A cursor, as its feed sees it."""

    version: int

    def advance(self, slice: Slice) -> Coroutine[Any, Any, None] | None:
        """Move past all that lies before the head: its sending; None where that cannot be now."""


class Feed:
    """One room, as far as this process knows it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.listeners = 0
        self.head = 0  # the version up to which everything is known
        self._floor = 0  # the tail holds everything after it
        self._complete_after = 0  # and after it, every change, also of what has changed again since
        self._tail: list[Entry] = []
        self._tail_bytes = 0
        self._slices: dict[int, Slice] = {}
        self._moved = asyncio.Event()
        self._level: dict[Follower, asyncio.Future[Rest]] = {}  # who stands at the head
        self._round: Iterator[Follower] = iter(())  # of carrying them along
        self._delivering: asyncio.Handle | None = None
        self._started = False
        self.announced_head = 0  # a version somebody spoke of
        self._ahead: dict[int, Entry] = {}  # entries beyond a hole
        self._filling: asyncio.Task[None] | None = None
        self._page: Page | None = None
        self._last_deletion = 0  # the version of the last deletion
        self._reading = asyncio.Lock()  # one connection reads what many then share

    async def start(self) -> None:
        """Read the head. The room's group has been joined, so that nothing falls in between."""
        self.head = self._floor = self._complete_after = await threads.read(
            queries.head, self.room.pk
        )
        self._started = True
        self._ahead = {v: entry for v, entry in self._ahead.items() if v > self.head}
        self._catch_up()
        self.announce_head(self.announced_head)

    def stop(self) -> None:
        if self._filling is not None:
            self._filling.cancel()
        if self._delivering is not None:
            self._delivering.cancel()

    # --- what comes in --------------------------------------------------------------------------

    def offer(self, entries: Sequence[Entry]) -> None:
        """Take the entries of a nudge, in version order: new, known already, or beyond a hole."""
        self._ahead |= {entry.version: entry for entry in entries if entry.version > self.head}
        if self._ahead:
            self._catch_up()
            self.announce_head(entries[-1].version)

    def announce_head(self, version: int) -> None:
        """The journal has come to `version`: if that is news, read it."""
        self.announced_head = max(self.announced_head, version)
        if self._started and self.announced_head > self.head and self._filling is None:
            self._filling = asyncio.create_task(self._fill_hole())

    def _catch_up(self) -> None:
        """Take what is in line of the entries that came ahead of their turn."""
        in_line: list[Entry] = []
        while self._started and (entry := self._ahead.pop(self.head + 1 + len(in_line), None)):
            in_line.append(entry)
        self._extend(in_line)
        if len(self._ahead) > TAIL_ENTRIES:
            self._ahead.clear()  # so large a hole is read

    async def _fill_hole(self) -> None:
        """Read what is missing, unless it comes by itself: processes overtake each other."""
        try:
            await asyncio.sleep(HOLE_SECONDS)
            while (announced_head := self.announced_head) > self.head:
                found = await threads.read(queries.changes, self.room.pk, self.head, READ_ENTRIES)
                self._extend([entry for entry in found if entry.version > self.head])
                self._complete_after = (
                    self.head
                )  # what was read is as it is now, not as it came to be
                self._ahead = {v: entry for v, entry in self._ahead.items() if v > self.head}
                self._catch_up()
                if len(found) < READ_ENTRIES and self.announced_head == announced_head:
                    self.announced_head = self.head  # that was all there is
        except Exception as error:
            logger.error("room %s: the journal cannot be read, will retry: %s", self.room.pk, error)
        finally:
            self._filling = None

    def _extend(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self._tail.extend(entries)
        self._tail_bytes += sum(entry.size for entry in entries)
        self.head = entries[-1].version
        self._drop_deleted([entry for entry in entries if entry.is_tombstone])
        self._trim()
        self._slices.clear()
        self._moved.set()  # wakes whoever waits now,
        self._moved.clear()  # and nobody who comes later
        if self._delivering is None:
            self._begin_round()

    def _drop_deleted(self, tombstones: Sequence[Entry]) -> None:
        """Forget what deleted messages said: nobody is sent it any more, however far behind."""
        if tombstones:
            self._last_deletion = tombstones[-1].version
            latest = {entry.seq: entry for entry in tombstones}
            self._tail = [it for it in self._tail if latest.get(it.seq, it) is it]
            self._tail_bytes = sum(entry.size for entry in self._tail)

    def _trim(self) -> None:
        excess = max(0, len(self._tail) - TAIL_ENTRIES)
        surplus = sum(entry.size for entry in self._tail[:excess])
        while self._tail_bytes - surplus > TAIL_BYTES:
            surplus += self._tail[excess].size
            excess += 1
        if excess:
            self._floor = self._tail[excess - 1].version
            self._tail_bytes -= surplus
            del self._tail[:excess]

    # --- what goes out --------------------------------------------------------------------------

    async def deliver_to(self, follower: "Follower") -> None:
        """Send to a follower that stands at the head, as the head moves.

        Returns once it needs more than that: it fell behind, or a sending had to wait. Raises what
        its sending raises.
        """
        detached = self._level[follower] = asyncio.get_running_loop().create_future()
        try:
            if rest := await detached:
                await rest
        finally:
            self._level.pop(follower, None)

    def _begin_round(self) -> None:
        self._round = iter(list(self._level))
        self._delivering = asyncio.get_running_loop().call_soon(self._deliver_some, self.head)

    def _deliver_some(self, head: int) -> None:
        """A part of a round, so that a large room lets others have their turn."""
        some = list(islice(self._round, FOLLOWERS_PER_TURN))
        for follower in some:
            if follower in self._level and follower.version < self.head:
                self._push(follower)
        if len(some) == FOLLOWERS_PER_TURN:
            self._delivering = asyncio.get_running_loop().call_soon(self._deliver_some, head)
        elif self.head > head:
            self._begin_round()
        else:
            self._delivering = None

    def _push(self, follower: "Follower") -> None:
        sending = rest = None
        try:
            if self.holds(follower.version):
                sending = follower.advance(self.tail_after(follower.version))
            if sending is not None:
                rest = start_eagerly(sending)
        except Exception as error:
            self._detach(follower).set_exception(error)
        else:
            if rest is not None or sending is None:
                self._detach(follower).set_result(rest)

    def _detach(self, follower: "Follower") -> "asyncio.Future[Rest]":
        """What `deliver_to` waits for; another future where that was cancelled meanwhile."""
        detached = self._level.pop(follower)
        return detached if not detached.done() else asyncio.get_running_loop().create_future()

    async def wait_beyond(self, version: int) -> None:
        """Return once the head has passed `version`."""
        while self.head <= version:
            await self._moved.wait()

    def holds(self, version: int) -> bool:
        """Whether the tail has everything after `version`."""
        return version >= self._floor

    def is_complete_after(self, version: int) -> bool:
        """Whether the tail has every single change after `version`, posts among them."""
        return self.holds(version) and version >= self._complete_after

    async def after(self, version: int) -> Slice:
        """What lies after the cursor `version`, or the first READ_ENTRIES of it."""
        if not self.holds(version):
            await self._read_back(version)
        if not self.holds(version):
            found = await threads.read(queries.changes, self.room.pk, version, READ_ENTRIES)
            return Slice(found, found[-1].version if found else version)
        return self.tail_after(version)

    def tail_after(self, version: int) -> Slice:
        """All that lies after the cursor `version`, where the tail holds that."""
        slice = self._slices.get(version)
        if slice is None:
            start = bisect_right(self._tail, version, key=lambda entry: entry.version)
            slice = Slice(self._tail[start:], self.head)
            if len(self._slices) < SLICES:
                self._slices[version] = slice
        return slice

    async def _read_back(self, version: int) -> None:
        """Lengthen the tail down to `version` where it has room for that.

        After a restart everybody comes back with much the same cursor: one reads, all share.
        """
        async with self._reading:
            missing = self._floor - version
            if not 0 < missing <= min(READ_ENTRIES, TAIL_ENTRIES - len(self._tail)):
                return
            floor = self._floor
            found = await threads.read(queries.changes, self.room.pk, version, READ_ENTRIES, floor)
            deleted = {entry.seq for entry in self._tail if entry.is_tombstone}
            found = [entry for entry in found if entry.seq not in deleted]
            size = sum(entry.size for entry in found)
            if self._floor == floor and self._tail_bytes + size <= TAIL_BYTES:
                self._tail[:0] = found
                self._tail_bytes += size
                self._floor = version
                self._complete_after = max(self._complete_after, floor)
                self._slices.clear()

    async def page(self) -> Page:
        """The room's latest messages, for somebody new; what follows lies after its version."""
        async with self._reading:
            if self._page is None or not self._is_fresh(self._page):
                as_of = self.head
                entries, _ = await threads.read(
                    queries.page, self.room.pk, PAGE_ENTRIES, as_of=as_of
                )
                self._page = Page(_newest(entries, PAGE_BYTES), as_of, time.monotonic())
            return self._page

    def _is_fresh(self, page: Page) -> bool:
        is_young = time.monotonic() - page.read_at <= PAGE_SECONDS
        return is_young and page.version >= self._last_deletion


def _newest(entries: Sequence[Entry], size: int) -> Sequence[Entry]:
    """The last of them that fit `size` bytes together."""
    return entries[len(entries) - _fitting(reversed(entries), size) :]


def _fitting(entries: Iterable[Entry], size: int) -> int:
    """How many of them, from the first on, fit `size` bytes together."""
    sizes = accumulate(entry.size for entry in entries)
    return sum(1 for _ in takewhile(lambda total: total <= size, sizes))
