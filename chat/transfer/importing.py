"""Stores what was read: people, rooms, messages in bounded steps, and then the rooms are there.

A room that arrives is found by nobody until it is complete. Every step is one transaction, and what
is here already is left as it is: an import that was killed goes on when it is run again, and one
that is run twice adds nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from chat import models
from chat.journal.write import past_messages
from chat.journal.write.past_messages import STEP_MESSAGES, PastMessage
from chat.transfer import people, rooms
from chat.transfer.arrived_files import MISSING
from chat.transfer.faults import TransferError
from chat.transfer.messages import Messages
from chat.transfer.packages import Package
from chat.transfer.report import FILES, MESSAGES, REACTIONS, Report
from chat.transfer.rooms import Arriving
from chat.transfer.staging import Staged, Staging

EXPIRING = "{} messages are older than messages are kept here, and go within the hour"
OLDER = "messages that are older than what was said in their room since"

Progress = Callable[[int], None]


def count(staging: Staging, package: Package, report: Report) -> None:
    """Say what an import would bring, and what not, and write nothing."""
    for room in staging.rooms():
        rooms.look_at(room, staging, report)
    _note_expiring(staging, report)
    after: Staged | None = None
    while step := staging.messages(after, STEP_MESSAGES):
        for it in step:
            for file in it.message.files:
                if package.size(file.path) is None:
                    report.leave(MISSING, file.name)
        after = step[-1]


def store(staging: Staging, package: Package, report: Report, progress: Progress) -> None:
    """Import what was read. Raises TransferError; what was stored until then stays."""
    members = people.ensure(staging, report)
    arriving = {it.id: rooms.begin(it, staging, report) for it in staging.rooms()}
    here = {id: it for id, it in arriving.items() if it is not None}
    importer = _Importer(staging, Messages(staging, package, report, members, here), report)
    importer.store_all(here, progress)
    for room in here.values():
        rooms.complete(room, staging, members, report)
    _note_expiring(staging, report)


def _note_expiring(staging: Staging, report: Report) -> None:
    """Say how much comes over and is removed within the hour: docs/retention.md."""
    now = timezone.now()
    expiring = 0
    for room in staging.rooms():
        days = models.Room(kept_days=room.kept_days).retention_days
        expiring += staging.older(room.id, now - timedelta(days=days)) if days else 0
    if expiring:
        report.notes.append(EXPIRING.format(expiring))


class _Importer:
    def __init__(self, staging: Staging, messages: Messages, report: Report) -> None:
        self._staging, self._messages, self._report = staging, messages, report

    def store_all(self, here: dict[UUID, Arriving], progress: Progress) -> None:
        after: Staged | None = None
        done = 0
        while step := self._staging.messages(after, STEP_MESSAGES):
            self._store([it for it in step if it.message.room in here])
            after = step[-1]
            done += len(step)
            progress(done)

    def _store(self, step: Sequence[Staged]) -> None:
        """Store those that are not here yet."""
        keys = {self._messages.own_key(it.message): it for it in step}
        known = past_messages.here(keys)
        self._staging.note_seqs((seq, keys[key]) for key, seq in known.items())
        missing = [it for key, it in keys.items() if key not in known]
        past = [(it, self._messages.past(it.message)) for it in missing]
        if not past:
            return
        try:
            stored = self._messages.store([it for _, it in past])
        except IntegrityError as error:
            raise TransferError(f"The messages contradict what is here: {error}") from None
        staged = {id(it): one for one, it in past}
        self._staging.note_seqs((it.message.seq, staged[id(it)]) for it in stored.new)
        self._count(stored.new)
        for it in stored.too_old:
            self._report.leave(OLDER, it.message.room.name or it.message.room.key)

    def _count(self, new: Iterable[PastMessage]) -> None:
        for it in new:
            self._report.new[MESSAGES] += 1
            self._report.new[FILES] += len(it.files)
            self._report.new[REACTIONS] += sum(len(some) for _, some in it.reactions)
