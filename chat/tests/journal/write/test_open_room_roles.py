"""Roles in open rooms: whoever has the address is in, and the owner gives roles."""

from uuid import uuid4

import pytest

from accounts.models import User
from chat.journal import Post
from chat.journal.roster_changes import (
    SetRole,
)
from chat.models import (
    Member,
    Membership,
    Revocation,
    Role,
    Room,
    Subscription,
)
from chat.tests.support.private_rooms import (
    applied,
    last_event,
    new_account,
    refusal,
    roles,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hall(ada: Member) -> Room:
    """An open room that Ada owns."""
    hall = Room.objects.create(key="hall", name="Hall")
    Membership.objects.create(member=ada, room=hall, role=Role.OWNER)
    return hall


def test_the_owner_of_an_open_room_makes_accounts_moderators(
    hall: Room, ada: Member, ben: Member
) -> None:
    applied(SetRole(hall.pk, ada.pk, ben.pk, Role.MODERATOR))
    assert roles(hall) == {"Ada": Role.OWNER, "Ben": Role.MODERATOR}
    people = [{"id": str(ben.uid), "name": "Ben"}]
    assert last_event(hall) == {"type": "role", "people": people, "role": "moderator"}


def test_who_has_no_role_in_an_open_room_any_more_has_no_membership_and_stays_in_it(
    hall: Room, ada: Member, ben: Member
) -> None:
    applied(SetRole(hall.pk, ada.pk, ben.pk, Role.MODERATOR))
    applied(Post(hall.pk, ben.pk, uuid4(), "hi"))
    applied(SetRole(hall.pk, ada.pk, ben.pk, Role.MEMBER))
    assert roles(hall) == {"Ada": Role.OWNER}
    assert Subscription.objects.filter(room=hall, member=ben).exists()
    assert not Revocation.objects.exists()
    applied(Post(hall.pk, ben.pk, uuid4(), "still here"))


def test_the_last_owner_of_an_open_room_steps_down_and_operators_keep_it(
    hall: Room, ada: Member, ben: Member
) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    applied(SetRole(hall.pk, ada.pk, ada.pk, Role.MEMBER))
    assert roles(hall) == {}
    assert refusal(SetRole(hall.pk, ada.pk, ben.pk, Role.OWNER)) == "not_allowed"
    applied(SetRole(hall.pk, olga.pk, ben.pk, Role.OWNER))
    assert roles(hall) == {"Ben": Role.OWNER}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_others_give_no_roles_in_an_open_room(
    hall: Room, ada: Member, ben: Member, cleo: Member, role: Role
) -> None:
    if role == Role.MODERATOR:
        applied(SetRole(hall.pk, ada.pk, ben.pk, role))
    assert refusal(SetRole(hall.pk, ben.pk, cleo.pk, Role.MODERATOR)) == "not_allowed"
    assert refusal(SetRole(hall.pk, ben.pk, ada.pk, Role.MEMBER)) == "not_allowed"


def test_guests_deactivated_and_absent_people_get_no_role_in_an_open_room(
    hall: Room, ada: Member, ben: Member, cleo: Member
) -> None:
    guest = Member.objects.create(name="Gus")
    User.objects.filter(username="ben").update(is_active=False)
    for person in (guest.pk, ben.pk, 0):
        assert refusal(SetRole(hall.pk, ada.pk, person, Role.MODERATOR)) == "not_allowed"
    assert refusal(SetRole(hall.pk, ada.pk, cleo.pk, Role.MEMBER)) == "nothing_changes"
    assert roles(hall) == {"Ada": Role.OWNER}
