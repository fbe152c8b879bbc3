"""Rooms where newcomers knock: who is in, who waits, and what moderators decide."""

from uuid import uuid4

import pytest

from chat import access
from chat.journal import Newcomer, Post
from chat.journal.roster_changes import LetIn, SetKnock, TurnAway
from chat.models import (
    ActKind,
    Knock,
    Member,
    Membership,
    ModerationAct,
    Revocation,
    Role,
    Room,
    RoomName,
    Subscription,
)
from chat.models.revocation import Why
from chat.policy import Action
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import new_members_room, refusal, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea(ada: Member, ben: Member) -> Room:
    """An open room that Ada owns. Ben had it in his list when knocking was switched on."""
    room = new_open_room("Tea", ada)
    Subscription.objects.keep(ben, room)
    settled(SetKnock(room.pk, ada.pk, True))
    return room


def post(room: Room, member: Member | Newcomer) -> Post:
    id = member.pk if isinstance(member, Member) else member
    return Post(room.pk, id, uuid4(), "hi")


def may_read(room: Room, member: Member) -> bool:
    found = access.find(member, RoomName.parse(room.name))
    return found is not None and found.may(member, Action.READ)


def test_who_kept_the_room_and_who_has_a_role_is_in(
    tea: Room, ada: Member, ben: Member, cleo: Member, gus: Member
) -> None:
    Membership.objects.create(member=cleo, room=tea, role=Role.MODERATOR)
    assert [may_read(tea, it) for it in (ada, ben, cleo, gus)] == [True, True, True, False]
    assert [refusal(post(tea, it)) for it in (ada, ben, cleo)] == [None, None, None]
    assert refusal(post(tea, gus)) == "knock_first"
    assert refusal(post(tea, Newcomer(uuid4(), "Nora"))) == "knock_first"
    assert access.find(gus, RoomName.parse("tea"))
    assert Revocation.objects.get().why == Why.KNOCK


def test_a_moderator_lets_somebody_in(tea: Room, ada: Member, ben: Member, gus: Member) -> None:
    assert refusal(LetIn(tea.pk, ada.pk, gus.pk)) == "nothing_changes"
    assert Knock.objects.knock(gus, tea)
    assert Knock.objects.knock(gus, tea)
    assert refusal(LetIn(tea.pk, ben.pk, gus.pk)) == "not_allowed"
    settled(LetIn(tea.pk, ada.pk, gus.pk, "Hello"))
    assert may_read(tea, gus)
    assert refusal(post(tea, gus)) is None
    act = ModerationAct.objects.get(kind=ActKind.LET_IN)
    assert (act.by, act.member, act.why) == (ada, gus, "Hello")


def test_who_is_turned_away_can_knock_again(tea: Room, ada: Member, gus: Member) -> None:
    Knock.objects.knock(gus, tea)
    settled(TurnAway(tea.pk, ada.pk, gus.pk))
    assert not may_read(tea, gus)
    assert not Knock.objects.waiting().exists()
    assert Knock.objects.knock(gus, tea)


def test_a_room_that_somebody_waits_for_is_not_in_their_list(
    tea: Room, ada: Member, gus: Member
) -> None:
    Subscription.objects.keep(gus, tea)  # as a mention does
    assert not Subscription.objects.recent(gus).exists()
    settled(SetKnock(tea.pk, ada.pk, False))
    assert Subscription.objects.recent(gus).exists()
    assert may_read(tea, gus)


def test_only_open_rooms_have_knocking(ada: Member, ben: Member) -> None:
    den = new_members_room(ada, [ben])
    assert refusal(SetKnock(den.pk, ada.pk, True)) == "not_allowed"


def test_a_guest_who_was_let_in_is_in_as_the_account_that_claims_the_guest(
    tea: Room, ada: Member, cleo: Member, gus: Member
) -> None:
    Knock.objects.knock(gus, tea)
    Knock.objects.knock(cleo, tea)
    settled(LetIn(tea.pk, ada.pk, gus.pk))
    Knock.objects.move(gus, cleo)
    assert may_read(tea, cleo)
