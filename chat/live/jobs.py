"""Works jobs off, beside the connections of this process.

Looks for due jobs after a nudge, and every POLL_SECONDS: a lost nudge costs time only.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chat.journal import database
from chat.models import Job
from chat.models.job import LEASE
from chat.transport.event_bus import EventBus

ADDED = "job"  # topic on the event bus
POLL_SECONDS = 10
STEP_SECONDS = LEASE.total_seconds() / 2  # then the step has failed, while the lease is ours

logger = logging.getLogger(__name__)

State = dict[str, Any]  # JSON


@dataclass(frozen=True, slots=True)
class Later:
    """The next step is due after a time."""

    wait: timedelta
    state: State


Step = Callable[[State], Awaitable[State | Later | None]]  # returns what is next; None: it is done


class Jobs:
    """The jobs of one event loop, one step at a time."""

    def __init__(self, bus: EventBus) -> None:
        self._steps: dict[str, Step] = {}
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        bus.on(ADDED, lambda key, items: self._nudged.set())

    @property
    def kinds(self) -> list[str]:
        """The kinds of jobs that are worked off here."""
        return list(self._steps)

    def on(self, kind: str, step: Step) -> None:
        """Call `step` for jobs of this kind. It may be called again with the same state."""
        self._steps[kind] = step

    def start(self) -> None:
        """Work jobs off from now on, until `aclose`."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def aclose(self) -> None:
        """Stop. A step that this cuts off is repeated once its lease is over."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def run_due(self) -> None:
        """Return once no job is due. Raises `django.db.Error`."""
        kinds = list(self._steps)
        while job := await database.write(Job.objects.take, kinds):
            await self._run_step(job)

    async def _run_step(self, job: Job) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                state = await self._steps[job.kind](job.state)
        except Exception as error:
            logger.warning("job %s failed, attempt %d: %r", job, job.attempts, error)
            await database.write(Job.objects.put_off, job, repr(error))
        else:
            if state is None:
                await database.write(Job.objects.finish, job)
            elif isinstance(state, Later):
                await database.write(Job.objects.go_on, job, state.state, state.wait)
            else:
                await database.write(Job.objects.go_on, job, state)

    async def _run(self) -> None:
        is_readable = True
        while True:
            self._nudged.clear()
            try:
                await self.run_due()
                is_readable = True
            except Exception as error:  # the next round may find the database again
                if is_readable:
                    logger.error("jobs cannot be read, will retry: %s", error)
                is_readable = False
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._nudged.wait()
