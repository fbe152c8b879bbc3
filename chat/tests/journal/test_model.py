"""The model holds; and it notices when any one of the journal's promises is taken away."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from unittest.mock import patch

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from chat.journal import Appended, Change, Entry, Feed, Refused
from chat.journal.ledger import Ledger
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
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short tail, so that readers fall behind it; and no patience with holes."""
    monkeypatch.setattr("chat.journal.feed.TAIL_ENTRIES", 6)
    monkeypatch.setattr("chat.journal.feed.HOLE_SECONDS", 0)


def test_everybody_ends_with_the_same_room() -> None:
    run_state_machine_as_test(JournalMachine, settings=EXAMPLES)


# --- Taking promises away -----------------------------------------------------------------------


def ignoring_holes() -> AbstractContextManager[object]:
    def offer(feed: Feed, entries: list[Entry]) -> None:
        feed._extend([entry for entry in entries if entry.version > feed.head])

    return patch.object(Feed, "offer", offer)


def taking_the_newest_for_everything() -> AbstractContextManager[object]:
    """A cursor that jumps to the head, whatever it was given."""
    after = Feed.after

    async def jump(feed: Feed, version: int) -> object:
        slice = await after(feed, version)
        return type(slice)(slice.entries[-2:], slice.version)

    return patch.object(Feed, "after", jump)


@contextmanager
def announcing_before_the_commit() -> Iterator[None]:
    enter = Ledger.enter

    def tell_at_once(ledger: Ledger, changes: list[Change]) -> list[Appended | Refused]:
        outcomes = enter(ledger, changes)
        entries = [it.entry for it in outcomes if isinstance(it, Appended) and not it.again]
        if entries:
            machines[-1].offer(machines[-1].feeds[0], entries)
        return outcomes

    machines: list[JournalMachine] = []
    make = JournalMachine.__init__

    def remember(machine: JournalMachine) -> None:
        make(machine)
        machines.append(machine)

    with (
        patch.object(Ledger, "enter", tell_at_once),
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
        ignoring_holes,
        taking_the_newest_for_everything,
        announcing_before_the_commit,
        dropping_the_unique_constraint,
    ],
)
def test_the_model_notices(sabotage: type[AbstractContextManager[None]]) -> None:
    with sabotage(), pytest.raises(AssertionError):
        run_state_machine_as_test(JournalMachine, settings=EXAMPLES)
