"""The journal of one event loop: the door in, and the feeds that lead out."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from chat.journal.changes import Appended, Change
from chat.journal.read.feed import Feed
from chat.journal.read.feeds import Feeds
from chat.journal.write.announcer import Announcer
from chat.journal.write.appender import Appender
from chat.models import Room
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus

DRAIN_SECONDS = 10

logger = logging.getLogger(__name__)


class Journal:
    """Appends changes, and feeds the connections of each room."""

    def __init__(self, layer: LayerClient, bus: EventBus) -> None:
        self.feeds = Feeds(layer)
        self._appender = Appender(Announcer(self.feeds, layer, bus))
        self.is_closing = False  # the process is about to end and admits nobody any more

    async def append(self, change: Change) -> Appended:
        """Store a change and announce it; returns once the change is on disk. Raises Refused."""
        return await self._appender.append(change)

    def listen(self, room: Room) -> AbstractAsyncContextManager[Feed]:
        """The room's feed, open as long as the block lasts. Raises what the database raises."""
        return self.feeds.listen(room)

    async def flush(self) -> None:
        """Return once all accepted changes are committed and announced."""
        await self._appender.drain()

    async def drain(self) -> None:
        """Before the process ends: finish accepted changes, and admit nobody any more.

        Gives up after DRAIN_SECONDS: what is not stored by then was not confirmed either.
        """
        self.is_closing = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.flush()
        except TimeoutError:
            logger.error("the journal does not answer: ending with changes that are not stored")

    async def aclose(self) -> None:
        """Close the feeds, once nobody listens to them."""
        await self.feeds.aclose()
