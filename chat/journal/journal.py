"""The journal of one event loop: appends changes, and feeds the rooms' connections."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager

from chat.journal.activity import EXPIRED
from chat.journal.changes import Appended, Change, Settled
from chat.journal.read.feed import Feed
from chat.journal.read.feeds import Feeds
from chat.journal.write.announcer import Announcer
from chat.journal.write.appender import Appender
from chat.models import Room
from chat.transport.channel_layer import LayerClient
from chat.transport.event_bus import EventBus

DRAIN_SECONDS = 10  # for accepted changes to be stored, before the process ends

logger = logging.getLogger(__name__)


class Journal:
    """Stores changes (`append`) and delivers them (`listen`)."""

    def __init__(self, layer: LayerClient, bus: EventBus) -> None:
        self.feeds = Feeds(layer)
        self._appender = Appender(Announcer(self.feeds, layer, bus))
        bus.on(EXPIRED, self._on_expired)
        self.is_closing = False  # the process is about to end: refuse new connections

    async def append(self, change: Change, network: str | None = None) -> Appended:
        """Store a change and announce it; returns once the change is on disk. Raises Refused.

        `network` is where the change comes from: networks take turns.
        """
        settled = await self._appender.append(change, network)
        if not isinstance(settled, Appended):
            raise TypeError(f"{type(change).__name__} makes no entry: use settle")
        return settled

    async def settle(self, change: Change) -> Settled:
        """As `append`, also of a change that makes no entry."""
        return await self._appender.append(change)

    def listen(self, room: Room) -> AbstractAsyncContextManager[Feed]:
        """The room's feed, open as long as the block lasts. Raises what the database raises."""
        return self.feeds.listen(room)

    @property
    def waiting(self) -> dict[str, int]:
        """How many changes wait for their commit, in each queue."""
        return self._appender.waiting

    def _on_expired(self, key: str, items: list[int]) -> None:
        self.feeds.expire(int(key), max(items))

    async def flush(self) -> None:
        """Return once all accepted changes are committed and announced."""
        await self._appender.drain()

    async def drain(self) -> None:
        """Refuse new connections and finish the accepted changes, before the process ends.

        Gives up after DRAIN_SECONDS. Changes that are not stored by then were not confirmed.
        """
        self.is_closing = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.flush()
        except TimeoutError:
            logger.error("changes are not stored: no answer in %d s, shutting down", DRAIN_SECONDS)

    async def aclose(self) -> None:
        """Close the feeds, once no listener is left."""
        await self.feeds.aclose()
