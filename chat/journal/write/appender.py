"""The way into the journal: commits changes in batches and announces them.

Changes that arrive during a commit are committed together by the next one: one transaction, rooms
locked in a fixed order. So commit order is version order within a room, whatever the process or
the database. Nothing is announced before its commit.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction

from chat.journal import threads
from chat.journal.changes import (
    BUSY,
    NOT_STORED,
    UNAVAILABLE,
    Appended,
    Change,
    React,
    Refused,
)
from chat.journal.write.announcer import Announcer
from chat.journal.write.batch import Batch
from chat.transport.futures import ignore_unseen_error

BATCH_CHANGES = 200  # committed together
GATHER_SECONDS = 0.2  # reactions wait for others, to become one change; other changes end that
QUEUE_CHANGES = 2_000  # that wait, some seconds of work; beyond it senders are refused at once

DATABASE_AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)

Pending = tuple[Change, asyncio.Future[Appended]]


class Appender:
    """Commits changes in the order in which they arrive."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._waiting: deque[Pending] = deque()
        self._waiting_urgent = 0  # all of the waiting changes but reactions
        self._gather_timer: asyncio.TimerHandle | None = None
        self._commit_task: asyncio.Task[None] | None = None

    async def append(self, change: Change) -> Appended:
        """Store the change; returns once it is on disk. Raises Refused."""
        if len(self._waiting) >= QUEUE_CHANGES:
            raise Refused(*BUSY)
        outcome: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, outcome))
        self._waiting_urgent += not isinstance(change, React)
        self._schedule()
        try:
            return await outcome
        finally:
            ignore_unseen_error(outcome)
            del outcome  # its error holds this frame

    async def drain(self) -> None:
        """Return once all accepted changes are committed and announced."""
        while self._waiting or self._commit_task is not None:
            if self._commit_task is None:
                self._start_commit()
            else:
                await asyncio.wait([self._commit_task])
        await self._announcer.drain()

    def _schedule(self) -> None:
        """Commit now, or after GATHER_SECONDS if only reactions wait."""
        if self._commit_task is not None:
            return
        if self._waiting_urgent:
            self._start_commit()
        elif self._waiting and self._gather_timer is None:
            loop = asyncio.get_running_loop()
            self._gather_timer = loop.call_later(GATHER_SECONDS, self._start_commit)

    def _start_commit(self) -> None:
        if self._gather_timer is not None:
            self._gather_timer.cancel()
            self._gather_timer = None
        if self._commit_task is None:
            self._commit_task = asyncio.create_task(self._commit_waiting())

    async def _commit_waiting(self) -> None:
        try:
            await self._commit_batch(self._next_batch())
            while self._waiting_urgent:
                await self._commit_batch(self._next_batch())
        finally:
            self._commit_task = None
            self._schedule()

    def _next_batch(self) -> list[Pending]:
        size = min(BATCH_CHANGES, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        self._waiting_urgent -= sum(not isinstance(change, React) for change, _ in batch)
        return batch

    async def _commit_batch(self, batch: list[Pending]) -> None:
        outcomes: Sequence[Appended | Refused]
        try:
            outcomes = await threads.write(commit, [change for change, _ in batch])
        except Exception:  # the senders wait for an answer, whatever the error is
            logger.exception("%d changes not stored", len(batch))
            outcomes = [Refused(*UNAVAILABLE) for _ in batch]
        self._announcer.announce(outcomes)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue  # the sender has left; the change stands
            if isinstance(outcome, Appended):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)


def commit(changes: Sequence[Change]) -> list[Appended | Refused]:
    """Store changes in one transaction. Returns an outcome for each, in the same order.

    A change that cannot be stored fails alone: then each is stored in a transaction of its own.
    """
    try:
        return _commit_together(changes)
    except DATABASE_AWAY as error:
        return _refuse_all(changes, error)
    except Exception:  # one of them cannot be stored, or has lost a race
        return [_commit_alone(change) for change in changes]


def _commit_alone(change: Change) -> Appended | Refused:
    """Commit again: a change that lost a race finds the message that won it."""
    try:
        [outcome] = _commit_together([change])
    except DATABASE_AWAY as error:
        [outcome] = _refuse_all([change], error)
    except Exception:
        logger.exception("a change in room %s cannot be stored", change.room_id)
        outcome = Refused(*NOT_STORED)
    return outcome


def _refuse_all(changes: Sequence[Change], error: Exception) -> list[Appended | Refused]:
    logger.error("%d changes not stored: %s", len(changes), str(error).strip())
    return [Refused(*UNAVAILABLE) for _ in changes]


def _commit_together(changes: Sequence[Change]) -> list[Appended | Refused]:
    with transaction.atomic():
        batch = Batch(changes)
        outcomes = batch.apply(changes)
        batch.store()
    return outcomes
