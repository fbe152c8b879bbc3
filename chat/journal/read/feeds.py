"""The feeds of one process: opened for a room's first listener, closed after its last.

Each feed joins its room's group of the channel layer. Every RECONCILE_SECONDS, the heads of all
open rooms are read, to find what the layer lost.
"""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

from django.conf import settings

from chat.journal import database
from chat.journal.entry import Entry, unpack
from chat.journal.read import queries
from chat.journal.read.feed import Feed
from chat.journal.read.queries import Head
from chat.models import Room
from chat.transport.batches import Batches
from chat.transport.channel_layer import LayerClient, LayerMessage
from chat.transport.counters import counters

ROOMS_PER_QUERY = 500  # SQLite bounds the parameters of a statement
SILENT_ROUNDS = 2  # of reconciling, with changes and without a nudge, before we reconnect

logger = logging.getLogger(__name__)


class Feeds:
    """Opens and closes feeds, passes nudges to them, and checks them against the database."""

    def __init__(self, layer: LayerClient) -> None:
        self._layer = layer
        layer.on("room.nudge", self._receive_nudge)
        self._feeds: dict[int, Feed] = {}  # open ones, by the room's primary key
        self._heads: Batches[int, Head] = Batches(_read_heads, ROOMS_PER_QUERY, bound=sys.maxsize)
        self._start_tasks: dict[Feed, asyncio.Task[None]] = {}
        self._leave_tasks: dict[int, asyncio.Task[None]] = {}
        self._reconcile_task: asyncio.Task[None] | None = None
        self._repair_task: asyncio.Task[None] | None = None  # of our part in the channel layer
        self._nudges_received = 0
        self._round_calls: list[Callable[[], Awaitable[None]]] = []
        self._expired_calls: list[Callable[[int], None]] = []

    def on_round(self, call: Callable[[], Awaitable[None]]) -> None:
        """Call in each round of reconciling, too. Its errors count as those of the journal."""
        self._round_calls.append(call)

    def __len__(self) -> int:
        """How many rooms are open."""
        return len(self._feeds)

    def on_expired(self, call: Callable[[int], None]) -> None:
        """Call with the primary key of an open room when messages of it are gone."""
        self._expired_calls.append(call)

    @asynccontextmanager
    async def listen(self, room: Room) -> AsyncIterator[Feed]:
        """The room's feed, open as long as the block lasts. Raises what the database raises."""
        feed = self._feeds.get(room.pk) or self._open(room)
        feed.listeners += 1
        try:
            await asyncio.shield(self._start_tasks[feed])
            yield feed
        finally:
            feed.listeners -= 1
            if feed.listeners == 0:
                self._close(feed)

    def offer(self, room_id: int, entries: Sequence[Entry]) -> None:
        """Hand entries that this process committed to the room's feed, if one is open."""
        if feed := self._feeds.get(room_id):
            feed.offer(entries)

    def expire(self, room_id: int, seq: int) -> None:
        """Messages of the room up to a seq are gone."""
        if feed := self._feeds.get(room_id):
            self._expire(feed, seq)

    def _expire(self, feed: Feed, seq: int) -> None:
        if seq > feed.tail.expired_seq:
            feed.expire(seq)
            for call in self._expired_calls:
                call(feed.room.pk)

    async def aclose(self) -> None:
        """Leave all groups and stop reconciling, once no listener is left."""
        await self._heads.aclose()
        while self._leave_tasks:
            await asyncio.wait(list(self._leave_tasks.values()))
        tasks = [it for it in (self._reconcile_task, self._repair_task) if it is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._reconcile_task = self._repair_task = None

    # --- opening and closing --------------------------------------------------------------------

    def _open(self, room: Room) -> Feed:
        self.start_rounds()
        feed = self._feeds[room.pk] = Feed(room)
        self._start_tasks[feed] = asyncio.create_task(self._start(feed))
        return feed

    async def _start(self, feed: Feed) -> None:
        if leaving := self._leave_tasks.get(feed.room.pk):
            await leaving  # a leave that is under way would undo the join
        # Join before reading the head: an entry committed in between must arrive one way or other.
        await self._layer.join(feed.room.group)
        head = await self._heads.call(feed.room.pk, feed.room.pk)
        feed.start(head.version)
        feed.expire(head.expired_seq)

    def _close(self, feed: Feed) -> None:
        del self._feeds[feed.room.pk]
        feed.stop()
        leaving = self._leave_tasks[feed.room.pk] = asyncio.create_task(self._leave(feed))
        leaving.add_done_callback(lambda _: self._forget(feed.room.pk, leaving))

    async def _leave(self, feed: Feed) -> None:
        await asyncio.wait([self._start_tasks.pop(feed)])
        await self._layer.leave(feed.room.group)

    def _forget(self, room_id: int, leaving: asyncio.Task[None]) -> None:
        if self._leave_tasks.get(room_id) is leaving:
            del self._leave_tasks[room_id]

    def _receive_nudge(self, nudge: LayerMessage) -> None:
        self._nudges_received += 1
        _count_age(nudge)
        feed = self._feeds.get(nudge["room"])
        if feed is None:
            return
        feed.look_for_gap(nudge["entries"])
        if nudge["head"] > feed.head:
            feed.offer(unpack(nudge["entries"]))
            feed.announce_head(nudge["head"])

    # --- reconciling ----------------------------------------------------------------------------

    def start_rounds(self) -> None:
        """Reconcile from now on, also where no room is open."""
        if self._reconcile_task is None:
            self._reconcile_task = asyncio.create_task(self._reconcile())

    async def _reconcile(self) -> None:
        """Compare the feeds' heads with the journal's, every RECONCILE_SECONDS."""
        is_readable = True
        silent_rounds = 0  # in a row
        while True:
            nudges_before = self._nudges_received
            await asyncio.sleep(settings.RECONCILE_SECONDS)
            try:
                behind = await self._announce_heads()
                counters.reconcile_finds += len(behind)
                is_silent = bool(behind) and self._nudges_received == nudges_before
                silent_rounds = silent_rounds + 1 if is_silent else 0
                if silent_rounds == SILENT_ROUNDS:
                    silent_rounds = 0
                    logger.warning(
                        "rooms change and no nudge arrives: reconnecting to the channel layer"
                    )
                    self._repair(self._layer.reconnect())
                elif behind:  # what kept the nudges from us may have lost the groups as well
                    self._repair(self._layer.rejoin({feed.room.group for feed in behind}))
                for call in self._round_calls:
                    await call()
                is_readable = True
            except Exception as error:  # reconciling goes on after any error
                if is_readable:
                    logger.error("the journal cannot be read, will retry: %s", error)
                is_readable = False

    async def _announce_heads(self) -> list[Feed]:
        """Announce the journal's heads to the feeds that are behind. Returns those feeds."""
        rooms = iter(list(self._feeds))
        behind: list[Feed] = []
        while room_ids := list(islice(rooms, ROOMS_PER_QUERY)):
            for room_id, head in (await database.read_urgent(queries.heads, room_ids)).items():
                feed = self._feeds.get(room_id)
                if feed is None:
                    continue
                self._expire(feed, head.expired_seq)
                if head.version > feed.head:
                    behind.append(feed)
                    feed.announce_head(head.version)
        return behind

    def _repair(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside the rounds: a layer that hangs must not delay the next one."""
        if self._repair_task is None or self._repair_task.done():
            self._repair_task = asyncio.create_task(work)
        else:
            work.close()


def _count_age(nudge: LayerMessage) -> None:
    """An earlier version sends none. Clocks of machines differ."""
    if "sent_at" in nudge:
        counters.nudge_seconds.observe(max(0.0, time.time() - nudge["sent_at"]))


async def _read_heads(room_ids: Sequence[int]) -> list[Head]:
    """The heads of rooms that are opened at the same time."""
    heads = await database.read(queries.heads, room_ids)
    return [heads.get(it, Head()) for it in room_ids]
