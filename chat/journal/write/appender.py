"""Commits changes in batches and announces them.

Changes that arrive during a commit are committed together by the next one: one transaction, rooms
locked in a fixed order. So commit order is version order within a room, whatever the process or
the database. Nothing is announced before its commit.

Rooms take turns, and in a room its networks and members: a flood delays its own room only. Posts,
edits and deletions go before reactions. Reactions in a room rest after changes of large messages.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, transaction

from chat.journal import database
from chat.journal.changes import (
    BUSY,
    NOT_STORED,
    UNAVAILABLE,
    Appended,
    Approve,
    Change,
    Delete,
    Edit,
    Erase,
    Post,
    React,
    Refused,
    Settled,
)
from chat.journal.write.announcer import Announcer
from chat.journal.write.batch import Batch
from chat.journal.write.search_index import tokens_of_changes
from chat.transport.counters import counters
from chat.transport.fair_queue import FairQueue, QueueFull
from chat.transport.futures import ignore_unseen_error

BATCH_CHANGES = 50  # committed together: a change waits for one commit, and then for its own
REACTIONS_TOGETHER = 200  # committed together: those to one message become one change
REACTIONS_BESIDE = 10  # committed together with other changes, which do not wait for more
GATHER_SECONDS = 0.2  # reactions wait for others, to become one change; other changes end that
REACTED_MESSAGES = 4  # of one room in a batch, whose reactions rest by the size of these messages
REACTED_BYTES_PER_SECOND = 256 * 1024  # of messages sent again for their reactions, in a room
QUEUE_CHANGES = 2_000  # that wait, some seconds of work; beyond it a room has its share of them

DONE = {  # what the counters call it
    Post: "posted",
    Approve: "posted",
    Edit: "edited",
    Delete: "deleted",
    Erase: "deleted",
    React: "reacted",
}
OTHERWISE_DONE = "other"

DATABASE_AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


class Pending(NamedTuple):
    """A change that waits for its commit. `number` counts the changes as they arrive.

    `since` is when it arrived, by the event loop's clock.
    """

    number: int
    change: Change
    outcome: asyncio.Future[Settled]
    since: float


class Appender:
    """Commits posts, edits and deletions of a member in order; reactions may follow later ones."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self._numbers = count()
        self._urgent: FairQueue[Pending] = FairQueue(QUEUE_CHANGES)
        self._reactions: FairQueue[Pending] = FairQueue(QUEUE_CHANGES)
        self._gather_timer: asyncio.TimerHandle | None = None
        self._resting: dict[int, asyncio.TimerHandle] = {}  # rooms whose reactions wait
        self._commit_task: asyncio.Task[None] | None = None

    async def append(self, change: Change, network: str | None = None) -> Settled:
        """Store the change; returns once it is on disk. Raises Refused.

        `network` is where the change comes from.
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Settled] = loop.create_future()
        queue = self._reactions if isinstance(change, React) else self._urgent
        pending = Pending(next(self._numbers), change, outcome, loop.time())
        try:
            queue.put(pending, change.room_id, network, change.member_id)
        except QueueFull:
            raise Refused(*BUSY) from None
        self._schedule()
        try:
            return await outcome
        finally:
            ignore_unseen_error(outcome)
            del outcome, pending  # their error holds this frame

    @property
    def waiting(self) -> dict[str, int]:
        """How many changes wait for their commit, in each queue."""
        return {"changes": len(self._urgent), "reactions": len(self._reactions)}

    async def drain(self) -> None:
        """Return once all accepted changes are committed and announced."""
        while self._urgent or self._reactions or self._commit_task is not None:
            if self._commit_task is None:
                self._wake_all()
                self._start_commit()
            else:
                await asyncio.wait([self._commit_task])
        await self._announcer.drain()

    def _schedule(self) -> None:
        """Commit now, or after GATHER_SECONDS if only reactions wait."""
        if self._commit_task is not None:
            return
        if self._urgent:
            self._start_commit()
        elif len(self._reactions) > self._resting_count and self._gather_timer is None:
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
            while self._urgent:
                await self._commit_batch(self._next_batch())
        finally:
            self._commit_task = None
            self._schedule()

    def _next_batch(self) -> list[Pending]:
        urgent = self._urgent.take(BATCH_CHANGES)
        reactions = self._take_reactions(REACTIONS_BESIDE if urgent else REACTIONS_TOGETHER)
        return sorted([*urgent, *reactions])  # by number: as they arrived

    def _take_reactions(self, limit: int) -> list[Pending]:
        """Take reactions, in each room to REACTED_MESSAGES messages at most."""
        taken: list[Pending] = []
        messages: dict[int, set[int]] = defaultdict(set)  # seqs, by the room's primary key
        full = set(self._resting)
        while len(taken) < limit and (pending := self._reactions.take_one(full)):
            taken.append(pending)
            if isinstance(pending.change, React):
                seqs = messages[pending.change.room_id]
                seqs.add(pending.change.seq)
                if len(seqs) == REACTED_MESSAGES:
                    full.add(pending.change.room_id)
        return taken

    # --- resting --------------------------------------------------------------------------------

    @property
    def _resting_count(self) -> int:
        return sum(self._reactions.waiting(room_id) for room_id in self._resting)

    def _rest(self, batch: Iterable[Pending], outcomes: Iterable[Settled | Refused]) -> None:
        """Let reactions wait in the rooms where this batch changed large messages by reactions.

        Each change sends the message again to all clients that take whole messages only.
        """
        sizes: dict[int, int] = defaultdict(int)
        for pending, outcome in zip(batch, outcomes, strict=True):
            if isinstance(pending.change, React) and isinstance(outcome, Appended):
                size = 0 if outcome.is_duplicate else outcome.entry.size
                sizes[pending.change.room_id] += size
        for room_id, size in sizes.items():
            if (seconds := size / REACTED_BYTES_PER_SECOND) > GATHER_SECONDS:
                loop = asyncio.get_running_loop()
                self._resting[room_id] = loop.call_later(seconds, self._wake, room_id)

    def _wake(self, room_id: int) -> None:
        self._resting.pop(room_id, None)
        self._schedule()

    def _wake_all(self) -> None:
        for timer in self._resting.values():
            timer.cancel()
        self._resting.clear()

    # --- committing -----------------------------------------------------------------------------

    async def _commit_batch(self, batch: list[Pending]) -> None:
        outcomes: Sequence[Settled | Refused]
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            outcomes = await database.write_urgent(commit, [it.change for it in batch])
        except Exception:  # the senders wait for an answer, whatever the error is
            logger.exception("%d changes not stored", len(batch))
            outcomes = [Refused(*UNAVAILABLE) for _ in batch]
        self._announcer.announce(outcomes)
        _count(batch, outcomes, begun, clock())
        self._rest(batch, outcomes)
        for pending, outcome in zip(batch, outcomes, strict=True):
            if pending.outcome.done():
                continue  # the sender has left; the change stands
            if isinstance(outcome, Settled):
                pending.outcome.set_result(outcome)
            else:
                pending.outcome.set_exception(outcome)


def _count(
    batch: Iterable[Pending], outcomes: Iterable[Settled | Refused], begun: float, now: float
) -> None:
    counters.transaction_seconds.observe(now - begun)
    for pending, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, Settled):
            counters.commit_seconds.observe(now - pending.since)
        if isinstance(outcome, Appended) and not outcome.is_duplicate:
            counters.messages[DONE.get(type(pending.change), OTHERWISE_DONE)] += 1


def commit(changes: Sequence[Change]) -> list[Settled | Refused]:
    """Store changes in one transaction. Returns an outcome for each, in the same order.

    A change that cannot be stored fails alone: then each is stored in a transaction of its own.
    """
    try:
        return _commit_together(changes)
    except DATABASE_AWAY as error:
        return _refuse_all(changes, error)
    except Exception:  # one of them cannot be stored, or has lost a race
        return [_commit_alone(change) for change in changes]


def _commit_alone(change: Change) -> Settled | Refused:
    """Commit again: a change that lost a race finds the message that won it."""
    try:
        [outcome] = _commit_together([change])
    except DATABASE_AWAY as error:
        [outcome] = _refuse_all([change], error)
    except Exception:
        ids = {"ids": {"room": change.room_id}}
        logger.exception("a change in room %s cannot be stored", change.room_id, extra=ids)
        outcome = Refused(*NOT_STORED)
    return outcome


def _refuse_all(changes: Sequence[Change], error: Exception) -> list[Settled | Refused]:
    logger.error("%d changes not stored: %s", len(changes), str(error).strip())
    return [Refused(*UNAVAILABLE) for _ in changes]


def _commit_together(changes: Sequence[Change]) -> list[Settled | Refused]:
    texts = tokens_of_changes(changes)
    with transaction.atomic():
        batch = Batch(changes, texts)
        outcomes = batch.apply(changes)
        listed_for = batch.store()
    return _with_listed_for(outcomes, listed_for) if listed_for else outcomes


def _with_listed_for(
    outcomes: Sequence[Settled | Refused], listed_for: dict[int, tuple[str, ...]]
) -> list[Settled | Refused]:
    """The outcomes; the first announced one of each room says whose list of rooms has changed."""
    return [
        replace(it, listed_for=listed_for.pop(it.room.pk, ()))
        if isinstance(it, Settled) and not it.is_duplicate
        else it
        for it in outcomes
    ]
