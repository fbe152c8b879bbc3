"""What has happened in a room while a member was away."""

from uuid import uuid4

import pytest

from accounts.models import User
from chat.journal import Delete, Edit, Markup, Mentioned, Post, React
from chat.journal.changes import NO_MARKUP
from chat.journal.read.view import ALL, View
from chat.live import away
from chat.live.away import Away, find_away, left_off
from chat.live.unread import Read
from chat.models import Member, Room, RoomName, Subscription
from chat.models.message import Kind
from chat.tests.journal.plans import LENGTH, assert_is_one_indexed_query, long_room
from chat.tests.support.files import new_file, post_files
from chat.tests.support.private_rooms import add, applied, new_account, new_members_room

pytestmark = pytest.mark.django_db

LINK = Markup('<p><a href="https://example.com" rel="noopener">example.com</a></p>')


@pytest.fixture
def tea() -> Room:
    return Room.objects.ensure(RoomName.parse("tea"))


@pytest.fixture
def alice() -> Member:
    return Member.objects.create(name="Alice")


@pytest.fixture
def bob() -> Member:
    return Member.objects.create(name="Bob")


def post(
    room: Room, author: Member, markup: Markup = NO_MARKUP, reply_to: int | None = None
) -> int:
    return applied(Post(room.pk, author.pk, uuid4(), "hi", reply_to, markup=markup)).entry.seq


def naming(*members: Member) -> Markup:
    return Markup("<p>hi</p>", tuple(Mentioned(it.pk, it.uid) for it in members))


def leave_off(member: Member, room: Room) -> None:
    """The member reads everything, and goes."""
    room.refresh_from_db()
    Subscription.objects.filter(member=member, room=room).delete()
    Subscription.objects.record_visit(member, room)


def away_of(member: Member, room: Room, view: View = ALL) -> Away:
    return find_away(member, room, left_off(member, room), view)


def test_new_messages_are_told_by_what_they_are_to_the_reader(
    tea: Room, alice: Member, bob: Member
) -> None:
    question = post(tea, bob)
    leave_off(bob, tea)
    told = Away(
        mentions=[post(tea, alice, naming(bob))],
        replies=[post(tea, alice, naming(bob), reply_to=question)],
        links=[post(tea, alice, LINK)],
        files=[applied_file(alice, tea)],
        others=2,
    )
    post(tea, alice)
    applied(Post(tea.pk, alice.pk, uuid4(), "Cake", kind=Kind.TOPIC))
    assert away_of(bob, tea) == told


def applied_file(author: Member, room: Room) -> int:
    post_files(author, new_file(author, room))
    room.refresh_from_db()
    return room.last_seq


def test_each_kind_begins_with_the_latest(tea: Room, alice: Member, bob: Member) -> None:
    leave_off(bob, tea)
    first, second = (post(tea, alice, naming(bob)) for _ in range(2))
    assert away_of(bob, tea).mentions == [second, first]


def test_everybody_includes_the_reader(tea: Room, alice: Member, bob: Member) -> None:
    leave_off(bob, tea)
    everybody = post(tea, alice, Markup("<p>@room</p>", everybody=True))
    assert away_of(bob, tea).mentions == [everybody]


def test_an_answer_to_somebody_else_is_no_reply_to_the_reader(
    tea: Room, alice: Member, bob: Member
) -> None:
    carol = Member.objects.create(name="Carol")
    hers = post(tea, carol)
    leave_off(bob, tea)
    seq = post(tea, alice, naming(bob), reply_to=hers)
    assert away_of(bob, tea) == Away(mentions=[seq])


def test_own_messages_are_not_told(tea: Room, alice: Member, bob: Member) -> None:
    leave_off(bob, tea)
    post(tea, bob, LINK)
    assert away_of(bob, tea) == Away()


def test_a_new_message_that_is_gone_again_is_not_told(
    tea: Room, alice: Member, bob: Member
) -> None:
    leave_off(bob, tea)
    applied(Delete(tea.pk, alice.pk, post(tea, alice, naming(bob))))
    assert away_of(bob, tea) == Away()


def test_what_was_edited_or_deleted_after_it_was_read(
    tea: Room, alice: Member, bob: Member
) -> None:
    edited, deleted, _same = (post(tea, alice) for _ in range(3))
    leave_off(bob, tea)
    applied(Edit(tea.pk, alice.pk, edited, "ho"))
    applied(Delete(tea.pk, alice.pk, deleted))
    assert away_of(bob, tea) == Away(edited=[edited], deleted=[deleted])


def test_what_had_been_edited_before_it_was_read_is_not_told(
    tea: Room, alice: Member, bob: Member
) -> None:
    edited, deleted = post(tea, alice), post(tea, alice)
    applied(Edit(tea.pk, alice.pk, edited, "ho"))
    applied(Delete(tea.pk, alice.pk, deleted))
    leave_off(bob, tea)
    applied(React(tea.pk, alice.pk, edited, "👍"))  # takes a later version
    assert away_of(bob, tea) == Away()


def test_an_edit_counts_still_when_somebody_reacts_to_it(
    tea: Room, alice: Member, bob: Member
) -> None:
    edited = post(tea, alice)
    leave_off(bob, tea)
    applied(Edit(tea.pk, alice.pk, edited, "ho"))
    applied(React(tea.pk, alice.pk, edited, "👍"))
    assert away_of(bob, tea) == Away(edited=[edited])


def test_changes_that_had_been_seen_with_the_last_message_are_not_told(
    tea: Room, alice: Member, bob: Member
) -> None:
    edited = post(tea, alice)
    applied(Edit(tea.pk, alice.pk, edited, "ho"))
    seen = Read(edited, edited + 1)
    applied(Edit(tea.pk, alice.pk, edited, "hu"))
    assert find_away(bob, tea, seen, ALL) == Away(edited=[edited])
    assert find_away(bob, tea, Read(edited, edited + 2), ALL) == Away()


def test_what_moderators_removed_of_the_reader_is_told(tea: Room, bob: Member) -> None:
    operator = new_account("Oda", is_staff=True, is_superuser=True)
    own, removed = post(tea, bob), post(tea, bob)
    leave_off(bob, tea)
    applied(Delete(tea.pk, bob.pk, own))
    applied(Delete(tea.pk, operator.pk, removed))
    assert away_of(bob, tea) == Away(deleted=[removed])


def test_events_are_not_told(bob: Member) -> None:
    ada, ben = new_account("Ada"), new_account("Ben")
    den = new_members_room(ada, [ben])
    leave_off(ben, den)
    add(den, ada, new_account("Eve"))
    assert away_of(ben, den) == Away()


def test_a_claimed_guest_is_the_reader_too(tea: Room, alice: Member, bob: Member) -> None:
    user = User.objects.create_user("ada")
    ada = Member.objects.of_user(user)
    asked = post(tea, bob)
    Member.objects.filter(pk=bob.pk).update(claimed_by=user)
    ada.claimed_uids = (bob.uid,)
    leave_off(ada, tea)
    reply = post(tea, alice, naming(bob), reply_to=asked)
    assert away_of(ada, tea) == Away(replies=[reply])


def test_who_came_later_hears_nothing_of_before(tea: Room, alice: Member, bob: Member) -> None:
    before, after = post(tea, bob), post(tea, alice)
    applied(Edit(tea.pk, bob.pk, before, "ho"))
    answer = post(tea, alice, naming(bob), reply_to=before)
    told = find_away(bob, tea, Read(0, 0), View((), visible_from=after))
    assert told == Away(mentions=[answer], others=1)


def test_nothing_has_happened_for_who_was_never_there(
    tea: Room, alice: Member, bob: Member
) -> None:
    post(tea, alice)
    tea.refresh_from_db()
    assert away_of(bob, tea) == Away()
    assert away_of(Member(name="nobody yet"), tea) == Away()


def test_it_is_said_where_there_is_more_of_a_kind(
    tea: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "LISTED_MAX", 2)
    leave_off(bob, tea)
    seqs = [post(tea, alice, naming(bob)) for _ in range(3)]
    assert away_of(bob, tea) == Away(mentions=[seqs[2], seqs[1]], more=True)


def test_it_is_said_where_more_was_changed_than_is_looked_at(
    tea: Room, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(away, "CHANGES_MAX", 2)
    leave_off(bob, tea)
    for _ in range(2):
        post(tea, alice)
    assert away_of(bob, tea) == Away(others=2)
    post(tea, alice)
    assert away_of(bob, tea) == Away(others=2, more=True)


def test_the_index_of_versions_finds_what_has_changed() -> None:
    room, bob = long_room(), Member.objects.create(name="Bob")
    assert_is_one_indexed_query(lambda: find_away(bob, room, Read(LENGTH - 9, LENGTH - 9), ALL))
    assert_is_one_indexed_query(lambda: find_away(bob, room, Read(0, 0), View((), visible_from=9)))
