"""Messages that wait for a moderator: which do, what the author is told, and what is decided."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from chat.journal import Edit, Markup, Newcomer, Post, Refused
from chat.journal.changes import Approve
from chat.journal.roster_changes import Ban, Mute, Reject, SetFilter
from chat.journal.write.appender import commit
from chat.models import (
    FOR_GOOD,
    ActKind,
    HeldMessage,
    HeldRule,
    Member,
    Message,
    ModerationAct,
    Room,
    Subscription,
)
from chat.models.room_filter import HELD_OF_MEMBER_MAX
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, refusal, settled

pytestmark = pytest.mark.django_db

LINK = Markup('<p><a href="https://example.com/">example.com</a></p>')


@pytest.fixture
def tea(ada: Member) -> Room:
    """An open room that Ada owns, where the word "coffee" waits."""
    room = new_open_room("Tea", ada)
    set_filter(room, ada, words="coffee\nhot  Chocolate", holds_words=True)
    return room


def set_filter(room: Room, by: Member, words: str = "", **rules: Any) -> None:
    settled(SetFilter(room.pk, by.pk, words, **rules))


def post(room: Room, member: Member, text: str = "Coffee?", id: UUID | None = None) -> Post:
    return Post(room.pk, member.pk, id or uuid4(), text)


def codes(*posts: Post) -> list[str | None]:
    """The codes of the refusals of posts that are committed together."""
    return [getattr(it, "code", None) for it in commit(posts)]


def held_of(room: Room, member: Member, text: str = "Coffee?") -> HeldMessage:
    assert refusal(post(room, member, text)) == "held"
    return HeldMessage.objects.waiting().latest("pk")


# --- what waits ---------------------------------------------------------------------------------


def test_a_word_of_the_list_waits_and_others_do_not(tea: Room, ada: Member, gus: Member) -> None:
    assert refusal(post(tea, gus, "hot chocolate, please")) == "held"
    assert refusal(post(tea, gus, "coffeehouse")) is None
    assert refusal(post(tea, ada, "coffee")) is None
    [held] = HeldMessage.objects.all()
    assert (held.text, held.member, held.rule) == ("hot chocolate, please", gus, HeldRule.WORD)
    assert Message.objects.count() == 2


def test_a_resend_has_the_same_answer_and_makes_no_second_row(tea: Room, gus: Member) -> None:
    first = post(tea, gus)
    assert codes(first, first) == ["held", "held"]
    assert refusal(first) == "held"
    assert HeldMessage.objects.count() == 1


def test_a_link_waits_as_long_as_its_author_is_new(tea: Room, ada: Member, gus: Member) -> None:
    set_filter(tea, ada, holds_newcomer_links=True)
    link = Post(tea.pk, gus.pk, uuid4(), "example.com", markup=LINK)
    assert refusal(post(tea, gus, "coffee")) is None
    assert refusal(link) == "held"
    Member.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert refusal(Post(tea.pk, gus.pk, uuid4(), "example.com", markup=LINK)) is None


def test_a_text_waits_the_third_time(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    set_filter(tea, ada, holds_repeated=True)
    again = [post(tea, gus, it) for it in ("Hi", "hi ", "HI")]
    assert codes(*again[:2], post(tea, ben, "hi"), again[2]) == [None, None, None, "held"]
    assert refusal(post(tea, gus, "hi")) == "held"
    Message.objects.update(sent_at=timezone.now() - timedelta(minutes=11))
    assert refusal(post(tea, gus, "hi")) is None


def test_a_newcomer_whose_first_message_waits_can_be_muted(tea: Room, ada: Member) -> None:
    new = Newcomer(uuid4(), "Nora")
    assert refusal(Post(tea.pk, new, uuid4(), "coffee")) == "held"
    nora = Member.objects.get(name="Nora")
    settled(Mute(tea.pk, ada.pk, nora.pk, FOR_GOOD))
    assert refusal(Post(tea.pk, new, uuid4(), "tea")) == "muted"


def test_an_edit_that_would_wait_is_refused(tea: Room, ada: Member, gus: Member) -> None:
    seq = applied(post(tea, gus, "tea")).entry.seq
    own = applied(post(tea, ada, "tea")).entry.seq
    assert refusal(Edit(tea.pk, gus.pk, seq, "coffee")) == "held"
    assert refusal(Edit(tea.pk, gus.pk, seq, "green tea")) is None
    assert refusal(Edit(tea.pk, ada.pk, own, "coffee")) is None
    assert not HeldMessage.objects.exists()


def test_only_some_messages_of_a_person_wait(tea: Room, gus: Member, ben: Member) -> None:
    for _ in range(HELD_OF_MEMBER_MAX):
        held_of(tea, gus)
    assert refusal(post(tea, gus)) == "too_many_held"
    assert refusal(post(tea, ben)) == "held"


# --- what guests are asked ----------------------------------------------------------------------


def test_a_guest_chooses_a_name_before_they_post(tea: Room, ada: Member, ben: Member) -> None:
    set_filter(tea, ada, asks_name=True)
    guest = Member.new_guest(uuid4()).ensure_saved()
    first = post(tea, guest, "tea")
    assert refusal(first) == "name_first"
    assert refusal(post(tea, ben, "tea")) is None
    guest.rename("Nora")
    assert refusal(first) is None


def test_a_guest_waits_from_their_first_visit(tea: Room, ada: Member, gus: Member) -> None:
    set_filter(tea, ada, wait_seconds=120)
    new = Newcomer(uuid4(), "Nora")
    for id in (gus.pk, new):
        first = Post(tea.pk, id, uuid4(), "tea")
        [outcome] = commit([first])
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.retry_after) == ("too_fast", 120)
        Subscription.objects.update(first_visited_at=timezone.now() - timedelta(seconds=121))
        assert refusal(first) is None
    assert refusal(post(tea, ada, "tea")) is None


# --- what is decided ----------------------------------------------------------------------------


def test_an_approved_message_is_its_authors_and_posted_now(
    tea: Room, ada: Member, gus: Member
) -> None:
    held = held_of(tea, gus)
    tip = applied(post(tea, ada, "tea")).entry.seq
    applied(Approve(tea.pk, ada.pk, held.pk, reply_to=tip, why="Fine"))
    message = Message.objects.latest("seq")
    assert (message.author, message.client_id, message.seq) == (gus, held.client_id, tip + 1)
    assert message.reply_to == tip
    act = ModerationAct.objects.get(kind=ActKind.APPROVE)
    assert (act.by, act.member, act.seq, act.why) == (ada, gus, message.seq, "Fine")
    assert not HeldMessage.objects.exists()
    assert refusal(Approve(tea.pk, ada.pk, held.pk)) == "nothing_changes"
    assert refusal(post(tea, gus, id=held.client_id)) is None
    assert Message.objects.count() == 2


def test_a_rejected_message_loses_its_text_and_a_resend_learns_of_it(
    tea: Room, ada: Member, gus: Member
) -> None:
    held = held_of(tea, gus)
    rejected = settled(Reject(tea.pk, ada.pk, held.pk, "Off topic")).rejected
    assert rejected
    assert (rejected.member, rejected.why) == (str(gus.uid), "Off topic")
    held.refresh_from_db()
    assert (held.text, held.why) == ("", "Off topic")
    assert ModerationAct.objects.get(kind=ActKind.REJECT).member == gus
    assert refusal(post(tea, gus, id=held.client_id)) == "rejected"
    assert refusal(Approve(tea.pk, ada.pk, held.pk)) == "nothing_changes"
    assert not Message.objects.exists()


def test_what_somebody_wrote_who_is_banned_by_now_is_not_let_through(
    tea: Room, ada: Member, gus: Member
) -> None:
    held = held_of(tea, gus)
    settled(Ban(tea.pk, ada.pk, gus.pk, FOR_GOOD))
    assert refusal(Approve(tea.pk, ada.pk, held.pk)) == "not_allowed"
    assert HeldMessage.objects.waiting().exists()
    assert refusal(Reject(tea.pk, ada.pk, held.pk)) is None


def test_only_moderators_decide_and_set_what_waits(tea: Room, ben: Member, gus: Member) -> None:
    held = held_of(tea, gus)
    for member in (ben, gus):
        assert refusal(Approve(tea.pk, member.pk, held.pk)) == "not_allowed"
        assert refusal(Reject(tea.pk, member.pk, held.pk)) == "not_allowed"
        assert refusal(SetFilter(tea.pk, member.pk)) == "not_allowed"


def test_what_was_sent_again_after_the_filter_ended_is_posted_once(
    tea: Room, ada: Member, gus: Member
) -> None:
    held = held_of(tea, gus)
    set_filter(tea, ada)
    assert refusal(post(tea, gus, id=held.client_id)) is None
    assert refusal(Approve(tea.pk, ada.pk, held.pk)) is None
    assert Message.objects.count() == 1
    assert not HeldMessage.objects.exists()
