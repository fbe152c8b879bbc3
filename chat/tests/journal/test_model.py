"""The journal keeps the model's rules; and the model notices when the journal breaks one."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chat.journal import Appended, Change, Entry, Feed, Refused, Settled
from chat.journal.write.batch import Batch
from chat.models import Message
from chat.tests.journal.model import JournalMachine

EXAMPLES = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    phases=[Phase.generate],
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def short_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients fall behind the tail, and read gaps at once."""
    monkeypatch.setattr("chat.journal.read.tail.TAIL_ENTRIES", 6)
    monkeypatch.setattr("chat.journal.read.feed.EARLY_ENTRIES", 6)
    monkeypatch.setattr("chat.journal.read.feed.GAP_SECONDS", 0)


def test_all_clients_end_with_the_same_room() -> None:
    run_state_machine_as_test(JournalMachine, settings=EXAMPLES)


# --- Breaking the journal -----------------------------------------------------------------------


def ignoring_gaps() -> AbstractContextManager[object]:
    def offer(feed: Feed, entries: list[Entry]) -> None:
        feed._append([entry for entry in entries if entry.version > feed.head])

    return patch.object(Feed, "offer", offer)


def skipping_older_entries() -> AbstractContextManager[object]:
    """A slice whose cursor moves past entries that it lacks."""
    after = Feed.after

    async def skip(feed: Feed, version: int) -> object:
        slice = await after(feed, version)
        return type(slice)(slice.entries[-2:], slice.version)

    return patch.object(Feed, "after", skip)


@contextmanager
def announcing_before_the_commit() -> Iterator[None]:
    apply = Batch.apply

    def announce_at_once(batch: Batch, changes: list[Change]) -> list[Settled | Refused]:
        outcomes = apply(batch, changes)
        entries = [it.entry for it in outcomes if isinstance(it, Appended) and not it.is_duplicate]
        if entries:
            machines[-1].offer(machines[-1].feeds[0], entries)
        return outcomes

    machines: list[JournalMachine] = []
    make = JournalMachine.__init__

    def remember(machine: JournalMachine) -> None:
        make(machine)
        machines.append(machine)

    with (
        patch.object(Batch, "apply", announce_at_once),
        patch.object(JournalMachine, "__init__", remember),
    ):
        yield


@contextmanager
def dropping_the_unique_constraint() -> Iterator[None]:
    [constraint] = [it for it in Message._meta.constraints if it.name == "message_posted_once"]
    others = [it for it in Message._meta.constraints if it is not constraint]
    Message._meta.constraints = others
    with connection.schema_editor() as editor:
        editor.remove_constraint(Message, constraint)
    try:
        yield
    finally:
        Message.objects.all().delete()
        Message._meta.constraints = [*others, constraint]
        with connection.schema_editor() as editor:
            editor.add_constraint(Message, constraint)


@pytest.mark.parametrize(
    "sabotage",
    [
        ignoring_gaps,
        skipping_older_entries,
        announcing_before_the_commit,
        dropping_the_unique_constraint,
    ],
)
def test_the_model_notices_a_broken_journal(sabotage: type[AbstractContextManager[None]]) -> None:
    # What was announced and is not stored is waited for.
    with sabotage(), pytest.raises((AssertionError, TimeoutError)):
        run_state_machine_as_test(JournalMachine, settings=EXAMPLES)
