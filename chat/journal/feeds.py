"""The feeds of one process: opened for the first listener of a room, closed after the last.

They share one channel of the channel layer, a member of every open room's group, and one query
every RECONCILE_SECONDS, which catches whatever the layer lost.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from chat.journal import read, threads
from chat.journal.entry import Entry, unpack
from chat.journal.feed import Feed
from chat.journal.layer import LAYER_SECONDS, LayerHealth
from chat.models import Room

ROOMS_A_QUERY = 500  # SQLite bounds the parameters of a statement
DEAF_ROUNDS = 2  # of reconciling, with news and no nudge, before we listen anew
RETRY_SECONDS = 1.0  # on average, between attempts to hear the layer again

logger = logging.getLogger(__name__)


class Feeds:
    def __init__(self) -> None:
        self.layer = LayerHealth()
        self._channel: str | None = None
        self._tuning = asyncio.Lock()  # one channel, however many ask for it at once
        self._open: dict[int, Feed] = {}
        self._starts: dict[Feed, asyncio.Task[None]] = {}
        self._leaves: dict[int, asyncio.Task[None]] = {}
        self._loops: list[asyncio.Task[None]] = []
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
        """Stop listening to the layer, once nobody listens to us."""
        while self._leaves:
            await asyncio.wait(list(self._leaves.values()))
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops, self._channel = [], None

    # --- opening and closing --------------------------------------------------------------------

    def _begin(self, room: Room) -> Feed:
        if not self._loops:
            self._loops = [asyncio.create_task(it) for it in (self._hear(), self._reconcile())]
        feed = self._open[room.pk] = Feed(room)
        self._starts[feed] = asyncio.create_task(self._start(feed))
        return feed

    async def _start(self, feed: Feed) -> None:
        if leave := self._leaves.get(feed.room.pk):
            await leave  # or it would take the group from under us
        # Join before reading the head: an entry committed in between must arrive one way or other.
        await self._join(feed)
        await feed.start()

    def _end(self, feed: Feed) -> None:
        del self._open[feed.room.pk]
        feed.stop()
        leave = self._leaves[feed.room.pk] = asyncio.create_task(self._leave(feed))
        leave.add_done_callback(lambda _: self._forget(feed.room.pk, leave))

    async def _leave(self, feed: Feed) -> None:
        await asyncio.wait([self._starts.pop(feed)])
        with suppress(Exception):
            async with self.layer.attempt(), asyncio.timeout(LAYER_SECONDS):
                await get_channel_layer().group_discard(feed.room.group, await self._tuned())

    def _forget(self, room_id: int, leave: asyncio.Task[None]) -> None:
        if self._leaves.get(room_id) is leave:
            del self._leaves[room_id]

    # --- the channel layer ----------------------------------------------------------------------

    async def _tuned(self) -> str:
        """The channel of this process."""
        async with self._tuning:
            if self._channel is None:
                self._channel = await get_channel_layer().new_channel()
            return self._channel

    async def _join(self, feed: Feed) -> bool:
        """Join the room's group, or do without and read the journal every RECONCILE_SECONDS."""
        try:
            async with self.layer.attempt(), asyncio.timeout(LAYER_SECONDS):
                await get_channel_layer().group_add(feed.room.group, await self._tuned())
        except Exception:
            return False
        return True

    async def _hear(self) -> None:
        """Take in nudges, for ever."""
        while True:
            try:
                nudge = await get_channel_layer().receive(await self._tuned())
                self._take(nudge)
            except Exception as error:
                logger.debug("no nudges from the channel layer: %r", error)
                await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
                await self._rejoin(list(self._open.values()))

    def _take(self, nudge: dict[str, Any]) -> None:
        self._heard += 1
        feed = self._open.get(nudge["room"])
        if feed is not None and nudge["head"] > feed.head:
            feed.offer(unpack(nudge["entries"]))
            feed.hear(nudge["head"])

    async def _listen_anew(self) -> None:
        """Over new connections: the old may be dead without knowing, cut by a firewall."""
        logger.warning("no nudge arrives though the channel layer answers: listening anew")
        hearing = self._loops.pop(0)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        layer = get_channel_layer()
        if isinstance(layer, RedisPubSubChannelLayer):
            with suppress(Exception):
                await layer.flush()  # this process's connections, and nothing in Redis
        self._channel = None
        self._loops.insert(0, asyncio.create_task(self._hear()))
        await self._rejoin(list(self._open.values()))

    async def _rejoin(self, feeds: Sequence[Feed]) -> None:
        """A layer that was away may have forgotten who is in which group."""
        for feed in feeds:
            if not await self._join(feed):
                return  # it is still away

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
                    await self._listen_anew()
                answers = True
            except Exception as error:  # whatever it is, this must not be the last round
                if answers:
                    logger.error("the journal cannot be read, will retry: %s", error)
                answers = False

    async def _missed(self) -> int:
        """Tell feeds of what no nudge has told them. Returns how many there are."""
        rooms = iter(list(self._open))
        missed: list[Feed] = []
        while chunk := list(islice(rooms, ROOMS_A_QUERY)):
            for room_id, head in (await threads.read(read.heads, chunk)).items():
                feed = self._open.get(room_id)
                if feed is not None and head > feed.head:
                    missed.append(feed)
                    feed.hear(head)
        await self._rejoin(missed)  # what kept the nudges from us may have lost the groups
        return len(missed)
