"""The feeds of one process: opened for the first listener of a room, closed after the last.

Each joins its room's group of the channel layer. One query every RECONCILE_SECONDS, for all of them
together, catches whatever the layer lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

from django.conf import settings

from chat.journal import threads
from chat.journal.entry import Entry, unpack
from chat.journal.read import queries
from chat.journal.read.feed import Feed
from chat.models import Room
from chat.transport.channel_layer import LayerClient

ROOMS_A_QUERY = 500  # SQLite bounds the parameters of a statement
DEAF_ROUNDS = 2  # of reconciling, with news and no nudge, before we listen anew

logger = logging.getLogger(__name__)


class Feeds:
    def __init__(self, layer: LayerClient) -> None:
        self._layer = layer
        layer.on("room.nudge", self._take)
        self._open: dict[int, Feed] = {}
        self._starts: dict[Feed, asyncio.Task[None]] = {}
        self._leaves: dict[int, asyncio.Task[None]] = {}
        self._reconciling: asyncio.Task[None] | None = None
        self._repairing: asyncio.Task[None] | None = None  # what we have with the layer
        self._heard = 0  # nudges, ever

    @asynccontextmanager
    async def listen(self, room: Room) -> AsyncIterator[Feed]:
        """The room's feed, open as long as the block lasts. Raises what the database raises."""
        feed = self._open.get(room.pk) or self._begin(room)
        feed.listeners += 1
        try:
            await asyncio.shield(self._starts[feed])
            yield feed
        finally:
            feed.listeners -= 1
            if feed.listeners == 0:
                self._end(feed)

    def offer(self, room_id: int, entries: Sequence[Entry]) -> None:
        """Entries for whoever here listens to that room."""
        if feed := self._open.get(room_id):
            feed.offer(entries)

    async def aclose(self) -> None:
        """Let go of every group, once nobody listens to us."""
        while self._leaves:
            await asyncio.wait(list(self._leaves.values()))
        tasks = [it for it in (self._reconciling, self._repairing) if it is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._reconciling = self._repairing = None

    # --- opening and closing --------------------------------------------------------------------

    def _begin(self, room: Room) -> Feed:
        if self._reconciling is None:
            self._reconciling = asyncio.create_task(self._reconcile())
        feed = self._open[room.pk] = Feed(room)
        self._starts[feed] = asyncio.create_task(self._start(feed))
        return feed

    async def _start(self, feed: Feed) -> None:
        if leave := self._leaves.get(feed.room.pk):
            await leave  # or it would take the group from under us
        # Join before reading the head: an entry committed in between must arrive one way or other.
        await self._layer.join(feed.room.group)
        await feed.start()

    def _end(self, feed: Feed) -> None:
        del self._open[feed.room.pk]
        feed.stop()
        leave = self._leaves[feed.room.pk] = asyncio.create_task(self._leave(feed))
        leave.add_done_callback(lambda _: self._forget(feed.room.pk, leave))

    async def _leave(self, feed: Feed) -> None:
        await asyncio.wait([self._starts.pop(feed)])
        await self._layer.leave(feed.room.group)

    def _forget(self, room_id: int, leave: asyncio.Task[None]) -> None:
        if self._leaves.get(room_id) is leave:
            del self._leaves[room_id]

    def _take(self, nudge: dict[str, Any]) -> None:
        self._heard += 1
        feed = self._open.get(nudge["room"])
        if feed is not None and nudge["head"] > feed.head:
            feed.offer(unpack(nudge["entries"]))
            feed.announce_head(nudge["head"])

    # --- the safety net -------------------------------------------------------------------------

    async def _reconcile(self) -> None:
        """Compare every open feed's head with the journal's, for ever."""
        answers = True
        deaf = 0  # rounds in a row
        while True:
            heard = self._heard
            await asyncio.sleep(settings.RECONCILE_SECONDS)
            try:
                missed = await self._missed()
                deaf = deaf + 1 if missed and self._heard == heard else 0
                if deaf == DEAF_ROUNDS:
                    deaf = 0
                    logger.warning(
                        "no nudge arrives though the layer answers: receiving over new connections"
                    )
                    self._repair(self._layer.reconnect())
                elif missed:  # what kept the nudges from us may have lost the groups as well
                    self._repair(self._layer.rejoin({feed.room.group for feed in missed}))
                answers = True
            except Exception as error:  # whatever it is, this must not be the last round
                if answers:
                    logger.error("the journal cannot be read, will retry: %s", error)
                answers = False

    async def _missed(self) -> list[Feed]:
        """Tell feeds of what no nudge has told them. Returns which those are."""
        rooms = iter(list(self._open))
        missed: list[Feed] = []
        while chunk := list(islice(rooms, ROOMS_A_QUERY)):
            for room_id, head in (await threads.read(queries.heads, chunk)).items():
                feed = self._open.get(room_id)
                if feed is not None and head > feed.head:
                    missed.append(feed)
                    feed.announce_head(head)
        return missed

    def _repair(self, work: Coroutine[Any, Any, None]) -> None:
        """Beside the rounds, and one at a time: a layer that hangs delays no news."""
        if self._repairing is None or self._repairing.done():
            self._repairing = asyncio.create_task(work)
        else:
            work.close()
