"""A client of the channel layer, which may be away at any time.

One channel serves all groups that the process joins. A message that arrives is dispatched by its
`type`. Messages may be lost; the journal is the truth.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer

from chat.transport.memory_layer import MemoryChannelLayer

ANSWER_SECONDS = 2.0  # then a call counts as failed
REJOIN_SECONDS = 3_600  # channels_redis forgets group members after a day (group_expiry)
RETRY_SECONDS = 0.5  # on average, between attempts to receive, and to join

LayerMessage = dict[str, Any]  # shared between receivers: read-only

logger = logging.getLogger(__name__)


class LayerClient:
    """The channel of one event loop.

    Joining, leaving and sending swallow the layer's failures, and log when it goes and returns.
    """

    def __init__(self) -> None:
        self.id = uuid4().hex  # names this process in the messages it sends
        self.is_down = False
        self.groups: set[str] = set()  # joined, or to join once the layer answers
        self._channel: str | None = None
        self._creating_channel = asyncio.Lock()
        self._receive_task: asyncio.Task[None] | None = None
        self._rejoin_task: asyncio.Task[None] | None = None
        self._unjoined: set[str] = set()  # groups to join, until the layer confirms
        self._join_task: asyncio.Task[None] | None = None
        self._handlers: dict[str, Callable[[LayerMessage], None]] = {}

    def on(self, type: str, handler: Callable[[LayerMessage], None]) -> None:
        """Dispatch messages of `type` to `handler`, which must not change them."""
        self._handlers[type] = handler

    async def join(self, group: str) -> bool:
        """Receive the group's messages. Returns whether the layer confirmed.

        If not, joining is tried until the layer confirms.
        """
        self.groups.add(group)
        if self._receive_task is None:
            self._start_receiving()
        return await self._join(group)

    async def leave(self, group: str) -> None:
        """Stop receiving the group's messages."""
        self.groups.discard(group)
        with suppress(Exception):
            async with self._attempt():
                await get_channel_layer().group_discard(group, await self._own_channel())

    def has_others(self, group: str) -> bool:
        """Whether another process or event loop may be in the group, to send to."""
        layer = get_channel_layer()
        return not isinstance(layer, MemoryChannelLayer) or layer.has_others(group, self._channel)

    async def send(self, group: str, message: LayerMessage) -> None:
        """Send a message to all processes in the group, this one included."""
        with suppress(Exception):
            async with self._attempt():
                await get_channel_layer().group_send(group, message)

    async def rejoin(self, groups: set[str]) -> None:
        """Join groups again, until the layer confirms: it may have forgotten its members."""
        self._unjoined |= groups & self.groups
        await self._join_unjoined()

    async def reconnect(self) -> None:
        """Receive over a new channel and, with redis-pubsub, new connections.

        A firewall may have cut the old connections silently.
        """
        await self._stop_receiving()
        layer = get_channel_layer()
        if isinstance(layer, RedisPubSubChannelLayer):
            with suppress(Exception):
                await layer.flush()  # closes this process's connections; Redis keeps its data
        self._start_receiving()
        await self.rejoin(set(self.groups))

    async def aclose(self) -> None:
        """Leave all groups and stop receiving. A later join starts afresh."""
        for group in list(self.groups):
            await self.leave(group)
        await self._stop_receiving()

    def _start_receiving(self) -> None:
        self._receive_task = asyncio.create_task(self._receive())
        self._rejoin_task = asyncio.create_task(self._rejoin_regularly())

    async def _stop_receiving(self) -> None:
        started = self._receive_task, self._rejoin_task, self._join_task
        tasks = [it for it in started if it is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._receive_task = self._rejoin_task = self._join_task = self._channel = None

    async def _rejoin_regularly(self) -> None:
        while True:
            await asyncio.sleep(REJOIN_SECONDS)
            await self.rejoin(set(self.groups))

    async def _join(self, group: str) -> bool:
        self._unjoined.add(group)
        try:
            async with self._attempt():
                await get_channel_layer().group_add(group, await self._own_channel())
        except Exception:
            self._start_joining()
            return False
        self._unjoined.discard(group)
        return True

    async def _join_unjoined(self) -> None:
        """Join the groups that the layer has not confirmed, up to the first failure."""
        for group in list(self._unjoined):
            if group not in self.groups:
                self._unjoined.discard(group)
            elif not await self._join(group):
                return

    def _start_joining(self) -> None:
        if self._join_task is None or self._join_task.done():
            self._join_task = asyncio.create_task(self._join_until_confirmed())

    async def _join_until_confirmed(self) -> None:
        while self._unjoined:
            await _wait_to_retry()
            await self._join_unjoined()

    async def _own_channel(self) -> str:
        async with self._creating_channel:
            if self._channel is None:
                self._channel = await get_channel_layer().new_channel()
            return self._channel

    async def _receive(self) -> None:
        while True:
            try:
                self._dispatch(await get_channel_layer().receive(await self._own_channel()))
            except Exception as error:
                logger.debug("nothing received from the channel layer: %r", error)
                await _wait_to_retry()
                self._unjoined |= self.groups
                self._start_joining()  # beside receiving, which shows by an error if this is early

    def _dispatch(self, message: LayerMessage) -> None:
        handler = self._handlers.get(message["type"])
        if handler is None:
            return
        try:
            handler(message)
        except Exception:  # one bad message must not end the receiving
            logger.exception("cannot handle a %s from the channel layer", message["type"])

    @asynccontextmanager
    async def _attempt(self) -> AsyncIterator[None]:
        """Bound a call of the layer in time; log when the layer goes away and when it is back."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                yield
        except Exception as error:
            if not self.is_down:
                self.is_down = True
                logger.warning("the channel layer is away, messages will be late: %r", error)
            raise
        if self.is_down:
            self.is_down = False
            logger.info("the channel layer is back")


async def _wait_to_retry() -> None:
    await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
