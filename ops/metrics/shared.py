"""What all processes share: the same numbers from each, so add them up nowhere."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from django.db import Error
from prometheus_client import Metric

from chat import runtime
from chat.journal import database
from chat.models import Job
from ops.metrics.families import Numbers, add_numbers

DATABASE_SECONDS = 2.0  # then the database counts as away

DATABASE_UP = "lobby_database_up", "1 while the database answers."
WAITING = "lobby_jobs_waiting", "Jobs that are due."
WAITING_SECONDS = "lobby_jobs_waiting_seconds", "How long the first of the due jobs has waited."
FAILING = "lobby_jobs_failing", "Jobs whose last attempt failed; the admin has the error."

FAMILIES = [DATABASE_UP, WAITING, WAITING_SECONDS, FAILING]


class JobCounts(NamedTuple):
    waiting: dict[str, tuple[int, float]]
    failing: dict[str, int]


class Shared:
    """Asks the database, once for all who ask meanwhile: reads of one that hangs do not pile up."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[JobCounts] | None = None

    async def collect(self) -> list[Metric]:
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                counts = await asyncio.shield(self._shared_read())
        except (TimeoutError, Error):
            return [_metric(DATABASE_UP, {(): 0})]
        return [_metric(DATABASE_UP, {(): 1}), *_of_jobs(counts)]

    def _shared_read(self) -> "asyncio.Task[JobCounts]":
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(database.read(_read))
        return self._reading


def _read() -> JobCounts:
    return JobCounts(Job.objects.waiting(), Job.objects.failing())


def _of_jobs(counts: JobCounts) -> list[Metric]:
    known = dict.fromkeys((it for jobs in runtime.current().runners for it in jobs.kinds), 0)
    waiting = {kind: count for kind, (count, _) in counts.waiting.items()}
    seconds = {kind: seconds for kind, (_, seconds) in counts.waiting.items()}
    return [
        _metric(WAITING, _by_kind({**known, **waiting})),
        _metric(WAITING_SECONDS, _by_kind({**known, **seconds})),
        _metric(FAILING, _by_kind({**known, **counts.failing})),
    ]


def _by_kind(numbers: Mapping[str, float]) -> Numbers:
    return {(kind,): number for kind, number in numbers.items()}


def _metric(family: tuple[str, str], numbers: Numbers) -> Metric:
    metric = Metric(*family, "gauge")
    labels = () if family is DATABASE_UP else ("kind",)
    add_numbers(metric, numbers, labels, {})
    return metric
