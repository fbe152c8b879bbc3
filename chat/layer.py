"""This process on the channel layer, seen as something that may be away.

One channel serves everything: the groups the process is in, and what is said in them, which is
handed on by its `type`. Nothing here is the truth: the layer is at-most-once, and so are we.
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

from chat.perloop import PerLoop

LAYER_SECONDS = 2.0  # waited for an answer
REJOIN_SECONDS = 3_600  # the redis layer forgets members after a day
RETRY_SECONDS = 1.0  # on average, between attempts to hear the layer again

Said = dict[str, Any]  # what travels over the layer; shared, so never to be changed

logger = logging.getLogger(__name__)


class Layer:
    """The one channel of an event loop. Joining, leaving and sending never raise."""

    def __init__(self) -> None:
        self.id = uuid4().hex  # this process's, in what it says
        self.is_down = False
        self.groups: set[str] = set()  # where we are, or would be if the layer answered
        self._channel: str | None = None
        self._tuning = asyncio.Lock()  # one channel, however many ask for it at once
        self._hearing: asyncio.Task[None] | None = None
        self._rejoining: asyncio.Task[None] | None = None
        self._handlers: dict[str, Callable[[Said], None]] = {}

    def on(self, type: str, handler: Callable[[Said], None]) -> None:
        """Hand what is said with that `type` to `handler`."""
        self._handlers[type] = handler

    async def join(self, group: str) -> bool:
        """Hear what is said in the group. Returns whether the layer knows of it."""
        self.groups.add(group)
        if self._hearing is None:
            self._begin_hearing()
        return await self._join(group)

    async def leave(self, group: str) -> None:
        self.groups.discard(group)
        with suppress(Exception):
            async with self._attempt():
                await get_channel_layer().group_discard(group, await self._tuned())

    async def send(self, group: str, said: Said) -> None:
        """Say something to all processes in the group, this one included."""
        with suppress(Exception):
            async with self._attempt():
                await get_channel_layer().group_send(group, said)

    async def rejoin(self, groups: set[str]) -> None:
        """A layer that was away may have forgotten who is in which group."""
        for group in groups:
            if group in self.groups and not await self._join(group):
                return  # it is still away

    async def listen_anew(self) -> None:
        """Over new connections: the old may be dead without knowing, cut by a firewall."""
        await self._stop_hearing()
        layer = get_channel_layer()
        if isinstance(layer, RedisPubSubChannelLayer):
            with suppress(Exception):
                await layer.flush()  # this process's connections, and nothing in Redis
        self._begin_hearing()
        await self.rejoin(set(self.groups))

    async def aclose(self) -> None:
        """Hear nothing any more; the next to join begins anew."""
        for group in list(self.groups):
            await self.leave(group)
        await self._stop_hearing()

    def _begin_hearing(self) -> None:
        self._hearing = asyncio.create_task(self._hear())
        self._rejoining = asyncio.create_task(self._rejoin_now_and_then())

    async def _stop_hearing(self) -> None:
        tasks = [it for it in (self._hearing, self._rejoining) if it is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._hearing = self._rejoining = self._channel = None

    async def _rejoin_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(REJOIN_SECONDS)
            await self.rejoin(set(self.groups))

    async def _join(self, group: str) -> bool:
        try:
            async with self._attempt():
                await get_channel_layer().group_add(group, await self._tuned())
        except Exception:
            return False
        return True

    async def _tuned(self) -> str:
        """The channel of this process."""
        async with self._tuning:
            if self._channel is None:
                self._channel = await get_channel_layer().new_channel()
            return self._channel

    async def _hear(self) -> None:
        """Take in what is said, for ever."""
        while True:
            try:
                said = await get_channel_layer().receive(await self._tuned())
                self._hand_on(said)
            except Exception as error:
                logger.debug("nothing from the channel layer: %r", error)
                await asyncio.sleep(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
                await self.rejoin(set(self.groups))

    def _hand_on(self, said: Said) -> None:
        handler = self._handlers.get(said["type"])
        if handler is None:
            return
        try:
            handler(said)
        except Exception:  # one word that is not understood must not make us deaf
            logger.exception("a %s from the channel layer is not understood", said["type"])

    @asynccontextmanager
    async def _attempt(self) -> AsyncIterator[None]:
        """Around a call of the layer; says once when it goes away, and once when it is back."""
        try:
            async with asyncio.timeout(LAYER_SECONDS):
                yield
        except Exception as error:
            if not self.is_down:
                self.is_down = True
                logger.warning("the channel layer is away, messages will be late: %r", error)
            raise
        if self.is_down:
            self.is_down = False
            logger.info("the channel layer is back")


here = PerLoop(Layer)
