"""The one door into the journal.

What comes while a commit is under way is committed together by the next one: one transaction,
rooms locked in a fixed order, so that commit order is version order within a room, whatever the
process or the database. Nothing is announced before its commit.
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

BATCH_CHANGES = 200  # committed together at most
GATHER_SECONDS = 0.2  # reactions wait for others, to be told as one; less where something is posted
QUEUE_CHANGES = 2_000  # waiting at most: some seconds of work; beyond it the sender is told at once

DATABASE_AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


class Appender:
    """Commits changes in the order in which they come, together where they come together."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._waiting: deque[tuple[Change, asyncio.Future[Appended]]] = deque()
        self._urgent = 0  # of those waiting: all but reactions
        self._gathering: asyncio.TimerHandle | None = None
        self._committing: asyncio.Task[None] | None = None

    async def append(self, change: Change) -> Appended:
        """Store the change; returns once it is on disk. Raises Refused."""
        if len(self._waiting) >= QUEUE_CHANGES:
            raise Refused(*BUSY)
        outcome: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._waiting.append((change, outcome))
        self._urgent += not isinstance(change, React)
        self._schedule()
        return await outcome

    async def drain(self) -> None:
        """Return once everything that was accepted is committed and announced."""
        while self._waiting or self._committing is not None:
            if self._committing is None:
                self._begin()
            else:
                await asyncio.wait([self._committing])
        await self._announcer.drain()

    def _schedule(self) -> None:
        """Commit what waits: now, or once reactions had the time to gather."""
        if self._committing is not None:
            return
        if self._urgent:
            self._begin()
        elif self._waiting and self._gathering is None:
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER_SECONDS, self._begin)

    def _begin(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())

    async def _commit_waiting(self) -> None:
        try:
            await self._commit(self._next_batch())
            while self._urgent:
                await self._commit(self._next_batch())
        finally:
            self._committing = None
            self._schedule()

    def _next_batch(self) -> list[tuple[Change, asyncio.Future[Appended]]]:
        size = min(BATCH_CHANGES, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        self._urgent -= sum(not isinstance(change, React) for change, _ in batch)
        return batch

    async def _commit(self, batch: list[tuple[Change, asyncio.Future[Appended]]]) -> None:
        outcomes: Sequence[Appended | Refused]
        try:
            outcomes = await threads.write(commit, [change for change, _ in batch])
        except Exception:  # whatever it is, the senders must hear of it
            logger.exception("%d changes not stored", len(batch))
            outcomes = [Refused(*UNAVAILABLE) for _ in batch]
        self._announcer.announce(outcomes)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue  # whoever sent it has left; it stands all the same
            if isinstance(outcome, Appended):
                future.set_result(outcome)
            else:
                future.set_exception(outcome)


def commit(changes: Sequence[Change]) -> list[Appended | Refused]:
    """Store changes in one transaction; an outcome each. One that cannot be stored fails alone."""
    try:
        return _commit_together(changes)
    except DATABASE_AWAY as error:
        return _put_off(changes, error)
    except Exception:  # one of them cannot be stored, or has lost a race
        return [_commit_alone(change) for change in changes]


def _commit_alone(change: Change) -> Appended | Refused:
    """Once more, as it may have lost a race: then the winner's message is there to be found."""
    try:
        [outcome] = _commit_together([change])
    except DATABASE_AWAY as error:
        [outcome] = _put_off([change], error)
    except Exception:
        logger.exception("a change in room %s cannot be stored", change.room_id)
        outcome = Refused(*NOT_STORED)
    return outcome


def _put_off(changes: Sequence[Change], error: Exception) -> list[Appended | Refused]:
    logger.error("%d changes not stored: %s", len(changes), str(error).strip())
    return [Refused(*UNAVAILABLE) for _ in changes]


def _commit_together(changes: Sequence[Change]) -> list[Appended | Refused]:
    with transaction.atomic():
        ledger = Batch(changes)
        outcomes = ledger.enter(changes)
        ledger.store()
    return outcomes
