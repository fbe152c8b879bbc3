from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Member, Room, RoomName, Subscription
from chat.models.subscription import VISIT_INTERVAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Member:
    return Member.objects.create(name="Alice")


def room_named(name: str, **fields: int) -> Room:
    return Room.objects.create(key=RoomName.parse(name).key, name=name, **fields)


def test_the_first_visit_counts_all_earlier_messages_as_read(alice: Member) -> None:
    lobby = room_named("lobby", last_seq=7)
    assert Subscription.objects.record_visit(alice, lobby) is True
    lobby.last_seq = 9
    assert Subscription.objects.record_visit(alice, lobby) is False
    assert Subscription.objects.get().read_seq == 7


def test_a_visit_is_recent_for_one_interval(alice: Member) -> None:
    lobby = room_named("lobby")
    assert not Subscription.objects.recent_visits({(alice.pk, lobby.pk)})
    Subscription.objects.record_visit(alice, lobby)
    assert Subscription.objects.recent_visits({(alice.pk, lobby.pk)})
    Subscription.objects.update(visited_at=timezone.now() - VISIT_INTERVAL)
    assert not Subscription.objects.recent_visits({(alice.pk, lobby.pk)})


def test_the_room_visited_last_comes_first(alice: Member) -> None:
    for name in ("kitchen", "lobby"):
        Subscription.objects.keep(alice, room_named(name))
    hour_ago = timezone.now() - timedelta(hours=1)
    Subscription.objects.filter(room__key="lobby").update(visited_at=hour_ago)
    assert [it.room.name for it in Subscription.objects.recent(alice)] == ["kitchen", "lobby"]


def test_a_room_that_a_member_left_is_in_the_list_again_after_a_visit(alice: Member) -> None:
    lobby = room_named("lobby")
    Subscription.objects.record_visit(alice, lobby)
    Subscription.objects.leave(alice, lobby)
    assert Subscription.objects.find(alice, lobby) is None
    assert Subscription.objects.record_visit(alice, lobby) is True


def test_a_room_that_is_only_looked_at_is_not_in_the_list(alice: Member) -> None:
    lobby = room_named("lobby")
    Subscription.objects.record_visit(alice, lobby)
    assert not Subscription.objects.recent(alice)
    Subscription.objects.keep(alice, lobby)
    assert [it.room for it in Subscription.objects.recent(alice)] == [lobby]


@pytest.mark.parametrize("muted", [True, False])
def test_muting_and_unmuting_a_room_keep_it_in_the_list(alice: Member, muted: bool) -> None:
    lobby = room_named("lobby")
    Subscription.objects.record_visit(alice, lobby)
    Subscription.objects.set_muted(alice, lobby, muted=muted)
    kept = Subscription.objects.recent(alice).get()
    Subscription.objects.set_muted(alice, lobby, muted=muted)
    assert Subscription.objects.recent(alice).get().kept_at == kept.kept_at


@pytest.mark.parametrize("is_visited", [True, False])
def test_what_leaving_removed_is_restored(alice: Member, is_visited: bool) -> None:
    lobby = room_named("lobby", last_seq=9)
    if is_visited:  # again, since leaving: all is read
        Subscription.objects.record_visit(alice, lobby)
    Subscription.objects.keep(alice, lobby, 4, muted=True)
    restored = Subscription.objects.recent(alice).get()
    assert (restored.read_seq, restored.muted_at is not None) == (4, True)


def test_keeping_a_room_changes_no_read_pointer_and_no_mute(alice: Member) -> None:
    lobby = room_named("lobby", last_seq=9)
    Subscription.objects.keep(alice, lobby, 4, muted=True)
    Subscription.objects.keep(alice, lobby)
    kept = Subscription.objects.get()
    assert (kept.read_seq, kept.muted_at is not None) == (4, True)


def test_nobody_has_read_further_than_the_room_goes(alice: Member) -> None:
    Subscription.objects.keep(alice, room_named("lobby", last_seq=9), 2**63 - 1)
    assert Subscription.objects.get().read_seq == 9


@pytest.mark.parametrize("starred", [True, False])
def test_starring_a_room_and_taking_the_star_away_keep_it_in_the_list(
    alice: Member, starred: bool
) -> None:
    lobby = room_named("lobby")
    Subscription.objects.record_visit(alice, lobby)
    Subscription.objects.set_starred(alice, lobby, starred=starred)
    kept = Subscription.objects.recent(alice).get()
    assert (kept.starred_at is not None) is starred


def test_undoing_leaving_restores_the_star(alice: Member) -> None:
    lobby = room_named("lobby", last_seq=9)
    Subscription.objects.keep(alice, lobby, 4, starred=True)
    assert Subscription.objects.get().starred_at is not None
    Subscription.objects.keep(alice, lobby)
    assert Subscription.objects.get().starred_at is not None


@pytest.mark.parametrize("own", [True, False], ids=["known to both", "known to the guest"])
def test_the_stars_of_a_guest_become_those_of_the_account(alice: Member, own: bool) -> None:
    guest, lobby = Member.objects.create(name="Panda"), room_named("lobby")
    Subscription.objects.keep(guest, lobby, 0, starred=True)
    if own:
        Subscription.objects.keep(alice, lobby)
    Subscription.objects.move(guest, alice)
    moved = Subscription.objects.get()
    assert (moved.member, moved.starred_at is not None) == (alice, True)


def test_an_archived_room_is_out_of_the_way_unless_it_is_starred(alice: Member) -> None:
    attic = room_named("attic")
    Room.objects.update(archived_at=timezone.now())
    Subscription.objects.keep(alice, attic)
    assert not Subscription.objects.current(alice)
    Subscription.objects.set_starred(alice, attic, starred=True)
    assert [it.room for it in Subscription.objects.current(alice)] == [attic]
