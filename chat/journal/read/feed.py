"""A room's feed: brings its journal to all its connections in this process.

A feed keeps the tail of the journal. Nudges from the channel layer move its head; where they leave
a gap, the feed reads the journal. Connections are cursors on the feed.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import Error

from chat.journal import database
from chat.journal.entry import Entry
from chat.journal.read import queries
from chat.journal.read.delivery import Delivery
from chat.journal.read.latest_page import LatestPage
from chat.journal.read.slices import Page, Slice
from chat.journal.read.tail import Tail
from chat.models import Room
from chat.transport.counters import counters

GAP_SECONDS = 0.05  # then a gap is read: nudges of several processes may overtake each other
EARLY_ENTRIES = 1_000  # kept after a gap; more are dropped, and read from the journal
READ_ENTRIES = 500  # read from the journal at once

logger = logging.getLogger(__name__)


class Feed:
    """One room's journal, as far as this process knows it."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.listeners = 0
        self.tail = Tail()
        self.delivery = Delivery(self.tail)
        self.announced_head = 0  # the highest version that a nudge or a query named
        self._latest_page = LatestPage(room.pk, self.tail)
        self._started = False
        self._early: dict[int, Entry] = {}  # entries after a gap, by version
        self._filling_gap: asyncio.Task[None] | None = None
        self._confirming_gap: asyncio.Task[None] | None = None
        self._reading_back = asyncio.Lock()
        self._head_moved = asyncio.Event()

    def start(self, head: int) -> None:
        """Begin at a head that was read after joining the room's group: nudges follow it."""
        self.tail.start(head)
        self._started = True
        self._drop_known()
        self._append_early()
        self.announce_head(self.announced_head)

    def stop(self) -> None:
        for task in (self._filling_gap, self._confirming_gap):
            if task is not None:
                task.cancel()
        self.delivery.stop()

    @property
    def _ids(self) -> dict[str, dict[str, int]]:
        """For the log."""
        return {"ids": {"room": self.room.pk}}

    @property
    def head(self) -> int:
        """The version up to which this process knows the journal."""
        return self.tail.head

    # --- moving the head ------------------------------------------------------------------------

    def offer(self, entries: Sequence[Entry]) -> None:
        """Take the entries of a nudge, in version order: new, known already, or after a gap."""
        self._early |= {it.version: it for it in entries if it.version > self.tail.head}
        if self._early:
            self._append_early()
            self.announce_head(entries[-1].version)

    def announce_head(self, version: int) -> None:
        """The journal has reached `version`: read it unless its entries arrive soon."""
        self.announced_head = max(self.announced_head, version)
        is_behind = self._started and self.announced_head > self.tail.head
        if is_behind and self._filling_gap is None:
            self._filling_gap = asyncio.create_task(self._fill_gap())

    def expire(self, seq: int) -> None:
        """Messages up to a seq are gone: nobody is sent them any more."""
        self._early = {v: it for v, it in self._early.items() if it.seq > seq}
        self.tail.expire(seq)

    def _append_early(self) -> None:
        """Append the early entries that follow the head without a gap."""
        following: list[Entry] = []
        next_version = self.tail.head + 1
        while self._started and (entry := self._early.pop(next_version, None)):
            following.append(entry)
            next_version += 1
        self._append(following)
        if len(self._early) > EARLY_ENTRIES:
            self._early.clear()

    async def _fill_gap(self) -> None:
        try:
            await asyncio.sleep(GAP_SECONDS)
            while (announced_head := self.announced_head) > self.tail.head:
                found = await database.read_urgent(
                    queries.changes, self.room.pk, self.tail.head, READ_ENTRIES
                )
                self._append([entry for entry in found if entry.version > self.tail.head])
                # The journal keeps the latest state of each message only.
                self.tail.complete_after = self.tail.head
                self._drop_known()
                self._append_early()
                if len(found) < READ_ENTRIES and self.announced_head == announced_head:
                    await self._pass_gone()
                    self.announced_head = self.tail.head  # the journal ends here
        except Exception as error:
            logger.error(
                "room %s: the journal cannot be read, will retry: %s",
                self.room.pk,
                error,
                extra=self._ids,
            )
        finally:
            self._filling_gap = None

    async def _pass_gone(self) -> None:
        """Move the head past changes of messages that are gone: they have no entry any more."""
        if self.announced_head <= self.tail.head:
            return
        head = await database.read_urgent(queries.head, self.room.pk)
        left = await database.read_urgent(queries.changes, self.room.pk, self.tail.head, 1, head)
        if not left and head > self.tail.head:
            self.tail.skip_to(head)
            self._wake()

    def _drop_known(self) -> None:
        self._early = {v: entry for v, entry in self._early.items() if v > self.tail.head}

    def _append(self, entries: Sequence[Entry]) -> None:
        if entries:
            self.tail.extend(entries)
            self._wake()

    def _wake(self) -> None:
        self._head_moved.set()  # wakes the cursors that wait now
        self._head_moved.clear()
        self.delivery.start()

    # --- checking -------------------------------------------------------------------------------

    def look_for_gap(self, announced: Iterable[Sequence[Any]]) -> None:
        """Check that no change is announced which the head has passed by: packed entries.

        Commit order is version order, so there is none. A message that has changed again since is
        no gap, so the journal is asked before one is counted.
        """
        for seq, version, *_ in announced:
            if self._confirming_gap is None and self.tail.lacks(seq, version):
                self._confirming_gap = asyncio.create_task(self._confirm_gap(seq))

    async def _confirm_gap(self, seq: int) -> None:
        try:
            version = await database.read(queries.version_of, self.room.pk, seq)
            if version is not None and self.tail.lacks(seq, version):
                counters.gaps_detected += 1
                logger.error(
                    "room %s: version %d was passed by", self.room.pk, version, extra=self._ids
                )
        except Error as error:
            logger.error(
                "room %s: a gap cannot be looked for: %s", self.room.pk, error, extra=self._ids
            )
        finally:
            self._confirming_gap = None

    # --- reading --------------------------------------------------------------------------------

    async def page(self) -> Page:
        """The room's latest messages, for a connection without a cursor.

        Its cursor starts at the page's version. Raises what the database raises.
        """
        return await self._latest_page.get()

    async def wait_beyond(self, version: int) -> None:
        """Return once the head has passed `version`."""
        while self.tail.head <= version:
            await self._head_moved.wait()

    async def after(self, version: int) -> Slice:
        """Return what lies after `version`, or the first READ_ENTRIES of it.

        Raises what the database raises.
        """
        if not self.tail.holds(version):
            await self._read_back(version)
        if not self.tail.holds(version):
            head = self.tail.head
            found = await self._read_after(version)
            reached = found[-1].version if found else version
            # Where the journal was read to its end, nothing is left of what follows up to the head.
            return Slice(found, reached if len(found) == READ_ENTRIES else max(reached, head))
        return self.tail.after(version)

    async def _read_back(self, version: int) -> None:
        """Extend the tail back to `version`, if there is room for that.

        After a restart many clients resume from nearly the same version: one reads, all share.
        """
        async with self._reading_back:
            held_after = self.tail.held_after
            missing = held_after - version
            if not 0 < missing <= min(READ_ENTRIES, self.tail.free_entries):
                return
            found = await self._read_after(version, up_to=held_after)
            if self.tail.held_after == held_after:
                self.tail.extend_back(found, version)

    async def _read_after(self, version: int, up_to: int | None = None) -> list[Entry]:
        return await database.read(queries.changes, self.room.pk, version, READ_ENTRIES, up_to)
