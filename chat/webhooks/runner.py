"""Follows each webhook in a task of its own: a receiver that hangs delays nobody else.

A change of a room wakes those that wait for it. A lost event costs time: each looks again in
ROUND_SECONDS, also at what another process has left.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from chat.journal import database
from chat.journal.read.feeds import Feeds
from chat.models import Webhook
from chat.programs.waiting import Waiter, Waiting
from chat.transport.event_bus import EventBus
from chat.webhooks.sending import Rest, Sending

CHANGED = "webhook"  # topic on the event bus: it is new, resumed, paused, …; the key is the row's
ROUND_SECONDS = 30.0

logger = logging.getLogger(__name__)


class WebhookRunner:
    """The webhooks of the installation, as one process follows them."""

    def __init__(self, bus: EventBus, feeds: Feeds, sending: Sending) -> None:
        self.sending = sending
        self._waiting = Waiting(bus, feeds)
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._followed: dict[int, asyncio.Task[None]] = {}  # by primary key
        self._waiters: dict[int, Waiter] = {}
        bus.on(CHANGED, self._on_event)

    def start(self) -> None:
        """Push from now on, until `aclose`."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        """Stop. A delivery that this cuts off is repeated, with the same id."""
        tasks = [*filter(None, [self._task]), *self._followed.values()]
        self._task = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sending.aclose()

    def _on_event(self, key: str, items: list[Any]) -> None:
        self._nudged.set()
        if waiter := self._waiters.get(int(key)):
            waiter.wake()

    async def _run(self) -> None:
        is_readable = True
        while True:
            self._nudged.clear()
            try:
                self._follow_all(await database.read(_to_follow))
                is_readable = True
            except Exception as error:  # the next round may find the database again
                if is_readable:
                    logger.error("webhooks cannot be read, will retry: %s", error)
                is_readable = False
            with suppress(TimeoutError):
                async with asyncio.timeout(ROUND_SECONDS):
                    await self._nudged.wait()

    def _follow_all(self, found: dict[int, UUID]) -> None:
        for pk, bot in found.items():
            if pk not in self._followed:
                self._followed[pk] = asyncio.create_task(self._follow(pk, bot))
                self._followed[pk].add_done_callback(partial(self._ended, pk))

    def _ended(self, pk: int, task: "asyncio.Task[None]") -> None:
        """It may have been resumed just now, so there is another round."""
        del self._followed[pk]
        self._nudged.set()

    async def _follow(self, pk: int, bot: UUID) -> None:
        with self._waiting.hold(bot) as waiter:
            self._waiters[pk] = waiter
            try:
                while rest := await self._work(pk):
                    if not waiter.watch(rest.rooms):  # what changed before that is pushed now
                        await waiter.wait(_seconds(rest))
            finally:
                del self._waiters[pk]

    async def _work(self, pk: int) -> Rest | None:
        try:
            return await self.sending.work(pk)
        except Exception as error:  # of the database: the next round may find it again
            logger.error("webhook %d cannot be pushed, will retry: %r", pk, error)
            return Rest({}, timedelta(seconds=ROUND_SECONDS))


def _seconds(rest: Rest) -> float:
    return ROUND_SECONDS if rest.wait is None else min(rest.wait.total_seconds(), ROUND_SECONDS)


def _to_follow() -> dict[int, UUID]:
    return dict(Webhook.objects.to_follow().values_list("pk", "bot__member__uid"))
