"""The unread messages of the room that a person opens."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.journal import Delete, Markup, Mentioned, Post
from chat.journal.changes import NO_MARKUP
from chat.journal.write.appender import commit
from chat.live.unread import Read, Unread, find_unread
from chat.models import Member, Message, Room, RoomName, Subscription
from chat.tests.journal.plans import EXPLAIN, long_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> Room:
    return Room.objects.ensure(RoomName.parse("tea"))


@pytest.fixture
def bobs(tea: Room) -> Subscription:
    """Bob's subscription of a room in which nothing has been posted."""
    return Subscription.objects.create(member=Member.objects.create(name="Bob"), room=tea)


@pytest.fixture
def alice() -> Member:
    return Member.objects.create(name="Alice")


def post(
    room: Room, author: Member, markup: Markup = NO_MARKUP, reply_to: int | None = None
) -> int:
    [posted] = commit([Post(room.pk, author.pk, uuid4(), "hi", reply_to, markup=markup)])
    return posted.entry.seq  # type: ignore[union-attr, no-any-return]


def naming(member: Member) -> Markup:
    return Markup("<p>html</p>", (Mentioned(member.pk, member.uid),))


def unread(subscription: Subscription, room: Room | None = None) -> Unread | None:
    room = room or Room.objects.get(pk=subscription.room_id)
    return find_unread(subscription.member, room)[1]


def test_nothing_is_unread_in_a_room_that_was_read(
    tea: Room, bobs: Subscription, alice: Member
) -> None:
    assert unread(bobs) is None
    Subscription.objects.update(read_seq=post(tea, alice))
    assert unread(bobs) is None


def test_nothing_is_unread_for_who_was_never_in_the_room(tea: Room, alice: Member) -> None:
    post(tea, alice)
    present = Read(tea.version, tea.version)
    assert find_unread(Member.objects.create(name="Carol"), tea) == (present, None)


def test_messages_of_others_are_counted_since_the_first(
    tea: Room, bobs: Subscription, alice: Member
) -> None:
    post(tea, bobs.member)
    commit([Delete(tea.pk, alice.pk, post(tea, alice))])
    first = post(tea, alice)
    post(tea, alice)
    found = unread(bobs)
    assert found == {
        "count": 2,
        "more": False,
        "since": Message.objects.get(seq=first).sent_at,
        "mentions": [],
    }


def test_the_own_and_the_deleted_alone_are_nothing(
    tea: Room, bobs: Subscription, alice: Member
) -> None:
    post(tea, bobs.member)
    commit([Delete(tea.pk, alice.pk, post(tea, alice))])
    assert unread(bobs) is None


def test_mentions_and_replies_are_named_once_each(
    tea: Room, bobs: Subscription, alice: Member
) -> None:
    own = post(tea, bobs.member)
    both = Markup("<p>html</p>", naming(bobs.member).members, everybody=True)
    seqs = [
        post(tea, alice, naming(bobs.member)),
        post(tea, alice, reply_to=own),
        post(tea, alice, both, reply_to=own),
    ]
    post(tea, bobs.member, Markup("<p>html</p>", everybody=True))
    commit([Delete(tea.pk, alice.pk, post(tea, alice, reply_to=own))])
    found = unread(bobs)
    assert found is not None
    assert found["mentions"] == seqs


def test_a_count_that_stops_says_so(
    tea: Room, bobs: Subscription, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.unread.COUNT_MAX", 3)
    monkeypatch.setattr("chat.live.unread.MENTIONS_MAX", 2)
    for expected in ((1, False), (2, False), (3, False), (3, True)):
        post(tea, alice, naming(bobs.member))
        found = unread(bobs)
        assert found is not None
        assert (found["count"], found["more"]) == expected
    assert found is not None
    assert found["mentions"] == [1, 2]


def test_messages_after_the_version_of_the_page_are_left_out(
    tea: Room, bobs: Subscription, alice: Member
) -> None:
    post(tea, alice)
    before = Room.objects.get(pk=tea.pk)
    post(tea, alice, naming(bobs.member))
    found = unread(bobs, before)
    assert found is not None
    assert (found["count"], found["mentions"]) == (1, [])


def test_the_unread_messages_are_one_query_on_indexes_however_long_the_room() -> None:
    bobs = Subscription.objects.create(member=Member.objects.create(name="Bob"), room=long_room())
    room = Room.objects.get(pk=bobs.room_id)
    with CaptureQueriesContext(connection) as queries:
        assert unread(bobs, room)
    [query] = queries.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {query['sql']}")
        plan = "\n".join(str(row) for row in cursor.fetchall())
    for slow in ("SCAN message", "SCAN mention", "SCAN chat", "Seq Scan on chat_message"):
        assert slow not in plan, plan
