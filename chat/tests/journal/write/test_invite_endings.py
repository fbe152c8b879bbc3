"""What ends an invite."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from chat import invites
from chat.journal.roster_changes import AddPeople, Join, Leave, RemovePerson, SetArchived, SetRole
from chat.journal.write.appender import commit
from chat.models import (
    Invite,
    Member,
    Role,
    Room,
)
from chat.tests.journal.write.inviting import claim, join, names_in, set_active, uses
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_invite,
    new_members_room,
    refusal,
)

pytestmark = pytest.mark.django_db(transaction=True)
Change = Callable[[Room, Invite], object]


@pytest.fixture
def den(ada: Member) -> Room:
    return new_members_room(ada)


def revoke(room: Room, invite: Invite) -> None:
    invites.revoke(Member.objects.get(name="Ada"), room, invite.uid)


def expire(room: Room, invite: Invite) -> None:
    Invite.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(room: Room, invite: Invite) -> None:
    Invite.objects.update(uses_max=1)
    join(invite, new_account("Zoe"))


def archive(room: Room, invite: Invite) -> None:
    applied(SetArchived(room.pk, Member.objects.get(name="Ada").pk, archived=True))


def delete_room(room: Room, invite: Invite) -> None:
    Room.objects.filter(pk=room.pk).update(deleted_at=timezone.now())


def take_role(room: Room, invite: Invite) -> None:
    """Mo made the invite, and is an ordinary member by now."""
    ada = Member.objects.get(name="Ada")
    applied(SetRole(room.pk, ada.pk, Member.objects.get(name="Mo").pk, Role.MEMBER))


def remove_maker(room: Room, invite: Invite) -> None:
    ada = Member.objects.get(name="Ada")
    applied(RemovePerson(room.pk, ada.pk, Member.objects.get(name="Mo").pk))


def let_maker_leave(room: Room, invite: Invite) -> None:
    applied(Leave(room.pk, Member.objects.get(name="Mo").pk))


def deactivate_maker(room: Room, invite: Invite) -> None:
    set_active(Member.objects.get(name="Mo"), is_active=False)


def delete_maker(room: Room, invite: Invite) -> None:
    User.objects.get(username="mo").delete()


def forget_maker(room: Room, invite: Invite) -> None:
    Invite.objects.update(made_by=None)


def remove_ben(room: Room, invite: Invite) -> None:
    ada, ben = (Member.objects.get(name=it) for it in ("Ada", "Ben"))
    applied(AddPeople(room.pk, ada.pk, (ben.pk,)))
    applied(RemovePerson(room.pk, ada.pk, ben.pk))


ENDS = [
    revoke,
    expire,
    use_up,
    archive,
    delete_room,
    take_role,
    remove_maker,
    let_maker_leave,
    deactivate_maker,
    delete_maker,
    forget_maker,
    remove_ben,
]


@pytest.mark.parametrize("end", ENDS)
def test_an_invite_lets_nobody_in_afterwards(
    den: Room, ada: Member, ben: Member, end: Change
) -> None:
    mo = new_account("Mo")
    applied(AddPeople(den.pk, ada.pk, (mo.pk,)))
    applied(SetRole(den.pk, ada.pk, mo.pk, Role.MODERATOR))
    invite = new_invite(den, mo)
    end(den, invite)
    before = uses(invite)
    assert join(invite, ben) == "gone"
    assert "Ben" not in names_in(den)
    assert uses(invite) == before


@pytest.mark.parametrize("end", [take_role, remove_maker, let_maker_leave, deactivate_maker])
def test_an_invite_does_not_hold_again_when_its_maker_is_moderator_again(
    den: Room, ada: Member, ben: Member, end: Change
) -> None:
    mo, other = new_account("Mo"), new_members_room(ada)
    for room in (den, other):
        applied(AddPeople(room.pk, ada.pk, (mo.pk,)))
        applied(SetRole(room.pk, ada.pk, mo.pk, Role.MODERATOR))
    invite, of_other_room, of_ada = (new_invite(*it) for it in [(den, mo), (other, mo), (den, ada)])
    end(den, invite)
    set_active(mo, is_active=True)
    commit([AddPeople(den.pk, ada.pk, (mo.pk,)), SetRole(den.pk, ada.pk, mo.pk, Role.MODERATOR)])
    assert join(invite, ben) == "gone"
    assert Invite.objects.get(pk=invite.pk).revoked_at
    assert join(of_ada, ben) is None
    assert join(of_other_room, ben) == ("gone" if end is deactivate_maker else None)


def test_an_owner_who_becomes_moderator_keeps_invites(den: Room, ada: Member, ben: Member) -> None:
    invite, mo = new_invite(den, ada), new_account("Mo")
    applied(AddPeople(den.pk, ada.pk, (mo.pk,)))
    applied(SetRole(den.pk, ada.pk, mo.pk, Role.OWNER))
    applied(SetRole(den.pk, mo.pk, ada.pk, Role.MODERATOR))
    assert join(invite, ben) is None


def test_an_invite_opens_its_own_room_alone(den: Room, ada: Member, ben: Member) -> None:
    other, invite = new_members_room(ada), new_invite(den, ada)
    assert refusal(Join(other.pk, ben.pk, invite.pk)) == "gone"
    assert refusal(Join(den.pk, ben.pk, invite.pk + 1)) == "gone"


def test_who_was_removed_comes_back_by_a_later_invite_alone(
    den: Room, ada: Member, ben: Member
) -> None:
    earlier = new_invite(den, ada)
    join(earlier, ben)
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    assert join(earlier, ben) == "gone"
    assert join(new_invite(den, ada), ben) is None
    applied(Leave(den.pk, ben.pk))
    assert join(earlier, ben) is None  # somebody has let Ben in again since


def test_who_left_comes_back_by_the_same_invite_and_counts_once(
    den: Room, ada: Member, ben: Member
) -> None:
    invite = new_invite(den, ada, uses_max=2)
    for _ in range(3):
        assert join(invite, ben) is None
        applied(Leave(den.pk, ben.pk))
    assert uses(invite) == 1
    assert join(invite, new_account("Cleo")) is None
    assert uses(invite) == 2


def test_a_guest_who_claims_and_comes_back_counts_once(
    den: Room, ada: Member, ben: Member, gus: Member
) -> None:
    invite = new_invite(den, ada, for_guests=True)
    join(invite, gus)
    claim(gus, ben)
    applied(Leave(den.pk, ben.pk))
    assert join(invite, ben) is None
    assert uses(invite) == 1
