"""What is older than it is kept leaves nothing, in short steps; what is younger stays."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.files.storage import files_storage
from chat.journal import Edit, Post, React
from chat.journal.changes import NO_SUCH_MESSAGE, Change
from chat.journal.write.search_index import INDEX, KEY, PURGE
from chat.models import (
    CardPicture,
    CaseLine,
    File,
    HeldMessage,
    Job,
    Member,
    Message,
    Reaction,
    ReportCase,
    Revision,
    Room,
    Verdict,
)
from chat.models.stored_bytes import REMOVE
from chat.retention import removing
from chat.tests.retention.support import age, days_ago, remove_all
from chat.tests.support.files import hold, new_picture, post_files
from chat.tests.support.link_cards import post_with_card
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, refusal

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = ["plans", "earlier", "cat.png", "Whiskers", "cardtitle", "rude"]


@pytest.fixture
def tea(ada: Member) -> Room:
    return new_open_room("Tea", ada)


def say(room: Room, member: Member, text: str = "hi", **more: Any) -> int:
    return int(applied(Post(room.pk, member.pk, uuid4(), text, **more)).entry.seq)


def rows() -> Iterable[str]:
    """Every row of every table, as text, but the keys of bytes that a job removes."""
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            yield f"{model.__name__} {row}"


def indexed() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {KEY[connection.vendor]} FROM {INDEX}")
        return len(cursor.fetchall())


def report(room: Room, seq: int, reporter: Member) -> ReportCase:
    message = Message.objects.select_related("author").get(room=room, seq=seq)
    lines = Message.objects.select_related("author").filter(room=room).exclude(pk=message.pk)
    ReportCase.objects.add_report(message, list(lines), reporter, "rude words")
    return ReportCase.objects.get(seq=seq)


def say_all(room: Room, ada: Member, ben: Member) -> None:
    """All that can belong to messages."""
    seq = say(room, ada, "earlier words")
    applied(Edit(room.pk, ada.pk, seq, "my plans"))
    applied(React(room.pk, ben.pk, seq, "👍"))
    post_files(ada, new_picture(ada, room, "cat.png"), alts={})
    post_with_card(room, ada, "https://example.com", "cardtitle")
    say(room, ben, "what plans?", reply_to=seq)


def test_nothing_of_it_stays(tea: Room, ada: Member, ben: Member) -> None:
    say_all(tea, ada, ben)
    keys = [File.objects.get().key, CardPicture.objects.get().key]
    age(tea, 31)
    remove_all(tea)
    assert [row for row in rows() if any(it in row for it in SECRETS)] == []
    assert not Message.objects.exists()
    assert indexed() == 0
    assert Job.objects.filter(kind=PURGE).exists()  # the words leave the pages of the index
    left = {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}
    assert set(keys) <= left
    assert all(files_storage().exists(it) for it in keys)  # until the job


def test_what_is_younger_stays_with_all_that_belongs_to_it(
    tea: Room, ada: Member, ben: Member
) -> None:
    old = say(tea, ada, "old")
    age(tea, 31)
    say_all(tea, ada, ben)
    before = [Reaction, Revision, File, CardPicture]
    counts = [it._default_manager.count() for it in before]
    remove_all(tea)
    assert not Message.objects.filter(seq=old).exists()
    assert [it._default_manager.count() for it in before] == counts
    assert indexed() == Message.objects.count()
    tea.refresh_from_db()
    assert tea.expired_seq == old


def test_other_rooms_keep_theirs(tea: Room, ada: Member) -> None:
    lobby = new_open_room()
    for room in (tea, lobby):
        say(room, ada)
        age(room, 31)
    remove_all(tea)
    assert [it.room for it in Message.objects.all()] == [lobby]


def test_the_room_goes_on_where_it_was(tea: Room, ada: Member) -> None:
    seqs = [say(tea, ada, "one"), say(tea, ada, "two", kind="topic")]
    age(tea, 31)
    remove_all(tea)
    tea.refresh_from_db()
    assert (tea.topic, tea.expired_seq, tea.last_seq) == ("two", seqs[-1], seqs[-1])
    assert say(tea, ada, "three") == tea.version + 1


def test_who_answers_or_changes_what_is_gone_is_told_so(tea: Room, ada: Member) -> None:
    seq = say(tea, ada)
    age(tea, 31)
    remove_all(tea)
    changes: list[Change] = [
        Post(tea.pk, ada.pk, uuid4(), "yes", reply_to=seq),
        Edit(tea.pk, ada.pk, seq, "no"),
        React(tea.pk, ada.pk, seq, "👍"),
    ]
    assert [refusal(it) for it in changes] == [NO_SUCH_MESSAGE[0]] * 3


# --- what moderators have ------------------------------------------------------------------------


def test_a_decided_report_goes_with_its_message(tea: Room, ada: Member, ben: Member) -> None:
    case = report(tea, say(tea, ada, "rude plans"), ben)
    case.decide(Verdict.DISMISSED, ada)
    age(tea, 31)
    ReportCase.objects.update(sent_at=days_ago(31))
    remove_all(tea)
    assert not ReportCase.objects.exists()


def test_an_open_report_stays_until_it_is_decided(tea: Room, ada: Member, ben: Member) -> None:
    case = report(tea, say(tea, ada, "rude plans"), ben)
    age(tea, 31)
    ReportCase.objects.update(sent_at=days_ago(31))
    remove_all(tea)
    assert not Message.objects.exists()
    assert ReportCase.objects.get() == case
    case.decide(Verdict.DISMISSED, ada)
    remove_all(tea)
    assert not ReportCase.objects.exists()


def test_earlier_lines_leave_a_decided_report(tea: Room, ada: Member, ben: Member) -> None:
    say(tea, ada, "earlier words")
    age(tea, 31)
    case = report(tea, say(tea, ada, "rude plans"), ben)
    remove_all(tea)
    assert CaseLine.objects.exists()
    case.decide(Verdict.DISMISSED, ada)
    remove_all(tea)
    assert not CaseLine.objects.exists()
    assert ReportCase.objects.get() == case


def test_what_nobody_let_through_goes_too(tea: Room, ada: Member, gus: Member) -> None:
    hold(gus, new_picture(gus, tea))
    HeldMessage.objects.update(at=days_ago(31))
    remove_all(tea)
    assert not HeldMessage.objects.exists()
    assert not File.objects.exists()


# --- in steps ------------------------------------------------------------------------------------


def statements_of(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [it["sql"] for it in captured]


def step(room: Room) -> removing.Removed:
    return removing.remove_messages(room.pk, days_ago(30))


def test_a_step_takes_the_oldest_messages_up_to_a_number(
    tea: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "STEP_MESSAGES", 3)
    seqs = [say(tea, ada, str(it)) for it in range(5)]
    age(tea, 31)
    assert step(tea) == removing.Removed(is_more=True, expired_seq=seqs[2])
    assert [it.seq for it in Message.objects.order_by("seq")] == seqs[3:]
    assert step(tea) == removing.Removed(is_more=True, expired_seq=seqs[4])
    assert step(tea) == removing.Removed(is_more=False)


def test_a_step_takes_few_large_messages(
    tea: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "STEP_CHARACTERS", 10)
    for text in ("x" * 30, "y" * 6, "z" * 6):
        say(tea, ada, text)
    age(tea, 31)
    left = []
    while step(tea).is_more:
        left.append(Message.objects.count())
    assert left == [2, 1, 0]


def test_a_message_stays_until_all_that_belongs_to_it_is_gone(
    tea: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "STEP_ROWS", 2)
    seq = say(tea, ada)
    for emoji in "👍👎😀🎉💧":
        applied(React(tea.pk, ada.pk, seq, emoji))
    age(tea, 31)
    seen = []
    while step(tea).is_more:
        seen.append((Reaction.objects.count(), Message.objects.count()))
    assert seen == [(3, 1), (1, 1), (0, 0)]


def test_a_step_has_as_many_statements_for_many_messages_as_for_few(
    tea: Room, ada: Member, ben: Member
) -> None:
    """And none of them names more rows than the bounds say."""

    def removing_of(count: int) -> list[str]:
        for number in range(count):
            seq = say(tea, ada, f"{number} words")
            applied(React(tea.pk, ben.pk, seq, "👍"))
        age(tea, 31)
        return statements_of(lambda: step(tea))

    few, many = removing_of(2), removing_of(60)
    assert len(many) <= len(few) <= 30
    bound = max(removing.STEP_MESSAGES, removing.STEP_ROWS, removing.STEP_FILES)
    assert max(it.count(",") for it in many) <= bound + 50  # and the columns


def test_a_step_with_many_files_removes_some(
    tea: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing, "STEP_FILES", 2)
    post_files(ada, *(new_picture(ada, tea) for _ in range(5)))
    age(tea, 31)
    left = []
    while step(tea).is_more:
        left.append(File.objects.count())
    assert left == [3, 1, 0]


def test_every_table_with_a_room_or_a_message_is_emptied_or_stays_for_a_reason() -> None:
    """What is new joins the lists. The bytes of files go by a job."""

    def related(model: type[models.Model]) -> set[Any]:
        return {it.related_model for it in model._meta.related_objects}

    listed = {*removing.WITH_MESSAGES, *removing.COPIES, *removing.STAYING}
    assert related(Room) | related(Message) == listed | {Message, File, CardPicture}
    assert related(Message) <= {*removing.WITH_MESSAGES, File, CardPicture}


def test_a_room_that_is_gone_has_nothing_to_remove() -> None:
    assert removing.remove_messages(0, timezone.now()) == removing.Removed(is_more=False)
