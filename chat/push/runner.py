"""Works off the jobs of pushes, some at once: a push service that hangs delays no others."""

import asyncio
import logging
from math import ceil
from typing import Any

from chat.journal import activity, database
from chat.journal.write.pushes import LOOKING_SECONDS
from chat.live.jobs import Jobs
from chat.models import Job
from chat.transport.event_bus import EventBus

AT_ONCE = 8
NUDGE_SECONDS = LOOKING_SECONDS  # after a message was told, its jobs are due

logger = logging.getLogger(__name__)


class PushJobs(Jobs):
    """As Jobs, AT_ONCE steps at once; looks for jobs when those of a message become due."""

    def __init__(self, bus: EventBus) -> None:
        super().__init__(bus)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}  # by the second of the loop's clock
        bus.on(activity.POSTED, lambda key, items: self._nudge_later())

    async def run_due(self) -> None:
        """Return once no job is due; steps go on. Raises `django.db.Error`."""
        kinds = self.kinds
        while True:
            await self._free.acquire()
            job: Job | None = None
            try:
                job = await database.write(Job.objects.take, kinds)
            finally:
                if job is None:
                    self._free.release()
            if job is None:
                return
            task = asyncio.create_task(self._run_step(job))
            self._running.add(task)
            task.add_done_callback(self._ended)

    async def run_all(self) -> None:
        """Return once no job is due, and no step is running."""
        await self.run_due()
        while self._running:
            await asyncio.wait(self._running)
            await self.run_due()

    async def aclose(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await super().aclose()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        self._free.release()
        if not task.cancelled() and (error := task.exception()):
            logger.error("a push cannot be stored, will retry: %s", error)  # the lease ends

    def _nudge_later(self) -> None:
        """Once a second at most, however much is posted."""
        loop = asyncio.get_running_loop()
        second = ceil(loop.time() + NUDGE_SECONDS)
        if self._task is not None and second not in self._timers:
            self._timers[second] = loop.call_at(second, self._nudge, second)

    def _nudge(self, second: int) -> None:
        del self._timers[second]
        self._nudged.set()
