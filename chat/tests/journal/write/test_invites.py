"""Coming in by an invite: checked under the room's lock, and counted there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from chat import invites
from chat.journal import Refused
from chat.journal.roster_changes import AddPeople, Join, Leave, RemovePerson, SetRole
from chat.journal.write.appender import commit
from chat.models import (
    History,
    Invite,
    Job,
    Member,
    Membership,
    Message,
    Role,
    Room,
    Sanction,
    Subscription,
)
from chat.personal_data.handing_over import HAND_OVER, find_heirs
from chat.tests.journal.write.inviting import claim, join, names_in, set_active, uses
from chat.tests.support.private_rooms import (
    applied,
    new_account,
    new_direct_room,
    new_invite,
    new_members_room,
    roles,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def den(ada: Member) -> Room:
    return new_members_room(ada)


def test_who_comes_in_is_told_with_whose_invite_it_was(den: Room, ada: Member, ben: Member) -> None:
    invite = new_invite(den, ada)
    assert join(invite, ben) is None
    message = Message.objects.filter(room=den).latest("seq")
    assert message.author == ben
    assert message.event == {"type": "joined", "by": {"id": str(ada.uid), "name": "Ada"}}
    assert message.text == "came in by an invite of Ada"
    membership = Membership.objects.get(member=ben)
    assert (membership.role, membership.invite, membership.added_by) == (Role.MEMBER, invite, ada)
    assert Subscription.objects.filter(room=den, member=ben, kept_at__isnull=False).exists()
    assert uses(invite) == 1


def test_who_is_in_changes_nothing_and_uses_nothing(den: Room, ada: Member, ben: Member) -> None:
    invite = new_invite(den, ada)
    for member in (ada, ben, ben):
        join(invite, member)
    assert join(invite, ben) == "nothing_changes"
    assert uses(invite) == 1
    Invite.objects.revoke()
    assert join(invite, ben) == "nothing_changes"


def test_of_two_in_one_transaction_one_has_the_last_use(
    den: Room, ada: Member, ben: Member
) -> None:
    invite, cleo = new_invite(den, ada, uses_max=1), new_account("Cleo")
    outcomes = commit([Join(den.pk, it.pk, invite.pk) for it in (ben, cleo)])
    assert [isinstance(it, Refused) for it in outcomes] == [False, True]
    assert (names_in(den), uses(invite)) == ({"Ada", "Ben"}, 1)


def test_of_many_at_once_as_many_come_in_as_the_invite_has_uses(den: Room, ada: Member) -> None:
    invite = new_invite(den, ada, uses_max=2)
    people = [new_account(f"P{number}") for number in range(6)]

    def come(member: Member) -> str | None:
        try:
            return join(invite, member)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as pool:
        refusals = list(pool.map(come, people))
    assert sorted(map(str, refusals)) == ["None"] * 2 + ["gone"] * 4
    assert (len(names_in(den)), uses(invite)) == (3, 2)


def test_one_person_at_many_doors_at_once_uses_one(den: Room, ada: Member, ben: Member) -> None:
    invite = new_invite(den, ada)

    def come(_: int) -> str | None:
        try:
            return join(invite, ben)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        refusals = list(pool.map(come, range(4)))
    assert sorted(map(str, refusals)) == ["None"] + ["nothing_changes"] * 3
    assert uses(invite) == 1


# --- who may ------------------------------------------------------------------------------------


def test_guests_come_in_by_an_invite_that_says_so(den: Room, ada: Member, gus: Member) -> None:
    assert join(new_invite(den, ada), gus) == "gone"
    assert join(new_invite(den, ada, for_guests=True), gus) is None
    assert "Gus" in names_in(den)


@pytest.mark.parametrize("guests", ["read", "off"])
def test_where_guests_may_not_change_anything_no_invite_lets_them_in(
    den: Room, ada: Member, gus: Member, settings: Settings, guests: str
) -> None:
    settings.GUESTS = guests
    assert join(new_invite(den, ada, for_guests=True), gus) == "gone"


def test_a_blocked_guest_does_not_come_in(den: Room, ada: Member, gus: Member) -> None:
    Sanction.objects.ban(gus, timezone.now() + timedelta(hours=1))
    assert join(new_invite(den, ada, for_guests=True), gus) == "gone"


def test_an_operator_comes_in_as_everybody_does(den: Room, ada: Member) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    assert join(new_invite(den, ada), olga) is None
    assert Membership.objects.get(member=olga).role == Role.MEMBER


def test_a_full_room_takes_nobody(
    den: Room, ada: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.journal.write.roster.decisions.PEOPLE_MAX", 1)
    invite = new_invite(den, ada)
    assert join(invite, ben) == "too_many_people"
    assert uses(invite) == 0


# --- what newcomers see -------------------------------------------------------------------------


@pytest.mark.parametrize("of_invite", [None, True, False])
@pytest.mark.parametrize("of_room", History)
def test_newcomers_see_what_the_invite_says_else_what_the_room_says(
    den: Room, ada: Member, ben: Member, of_room: History, of_invite: bool | None
) -> None:
    invite = new_invite(den, ada, sees_history=of_invite)
    Room.objects.filter(pk=den.pk).update(history=of_room)  # the room's word, when Ben comes
    join(invite, ben)
    membership = Membership.objects.get(member=ben)
    sees = of_room == History.START if of_invite is None else of_invite
    assert membership.visible_from == (0 if sees else membership.since)


@pytest.mark.parametrize("is_removed", [True, False])
def test_who_comes_back_by_an_invite_sees_no_more_than_before(
    den: Room, ada: Member, ben: Member, is_removed: bool
) -> None:
    applied(AddPeople(den.pk, ada.pk, (ben.pk,), sees_history=False))
    before = visible_from(ben)
    applied(RemovePerson(den.pk, ada.pk, ben.pk) if is_removed else Leave(den.pk, ben.pk))
    join(new_invite(den, ada, sees_history=True), ben)
    assert visible_from(ben) == before > 0


@pytest.mark.parametrize("is_by_owner", [True, False])
def test_an_owner_alone_shows_more_to_who_is_added_again(
    den: Room, ada: Member, ben: Member, is_by_owner: bool
) -> None:
    mo = new_account("Mo")
    applied(AddPeople(den.pk, ada.pk, (mo.pk,)))
    applied(SetRole(den.pk, ada.pk, mo.pk, Role.MODERATOR))
    applied(AddPeople(den.pk, ada.pk, (ben.pk,), sees_history=False))
    before = visible_from(ben)
    applied(Leave(den.pk, ben.pk))
    applied(AddPeople(den.pk, (ada if is_by_owner else mo).pk, (ben.pk,), sees_history=True))
    assert visible_from(ben) == (0 if is_by_owner else before)


def test_a_guest_who_left_sees_no_more_as_an_account(
    den: Room, ada: Member, ben: Member, gus: Member
) -> None:
    join(new_invite(den, ada, for_guests=True, sees_history=False), gus)
    before = visible_from(gus)
    applied(Leave(den.pk, gus.pk))
    claim(gus, ben)
    join(new_invite(den, ada), ben)
    assert visible_from(ben) == before > 0


def visible_from(member: Member) -> int:
    return Membership.objects.get(member=member).visible_from


# --- making and revoking ------------------------------------------------------------------------


def test_moderators_make_and_revoke_invites_and_members_do_not(
    den: Room, ada: Member, ben: Member
) -> None:
    applied(AddPeople(den.pk, ada.pk, (ben.pk,)))
    invite = new_invite(den, ada)
    with pytest.raises(invites.NotAllowed):
        new_invite(den, ben)
    with pytest.raises(invites.NotAllowed):
        invites.revoke(ben, den, invite.uid)
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    assert new_invite(den, ben).made_by == ben
    assert invites.revoke(ben, den, invite.uid)


def test_who_was_deactivated_meanwhile_makes_no_invite(den: Room, ada: Member) -> None:
    User.objects.filter(pk=ada.user_id or 0).update(is_active=False)
    with pytest.raises(invites.NotAllowed):
        new_invite(den, ada)


def test_nobody_makes_invites_into_other_rooms(ada: Member, ben: Member) -> None:
    for room in (new_direct_room(ada, ben), Room.objects.create(key="lobby", name="Lobby")):
        with pytest.raises(invites.NotAllowed):
            new_invite(room, ada)


def test_only_owners_choose_what_newcomers_see(den: Room, ada: Member, ben: Member) -> None:
    applied(AddPeople(den.pk, ada.pk, (ben.pk,)))
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    for sees in (True, False):
        assert new_invite(den, ada, sees_history=sees).sees_history is sees
        with pytest.raises(invites.NotAllowed):
            new_invite(den, ben, sees_history=sees)
    assert new_invite(den, ben).sees_history is None


def test_a_room_has_so_many_open_invites(
    den: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invites, "OPEN_MAX", 3)
    made = [new_invite(den, ada) for _ in range(3)]
    with pytest.raises(invites.TooManyInvites):
        new_invite(den, ada)
    invites.revoke(ada, den, made[0].uid)
    new_invite(den, ada)


def test_a_room_keeps_so_many_of_those_that_ended(
    den: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invites, "ENDED_MAX", 2)
    made = [new_invite(den, ada) for _ in range(5)]
    for it in made[:4]:
        invites.revoke(ada, den, it.uid)
    new_invite(den, ada)
    kept = set(Invite.objects.values_list("pk", flat=True))
    assert kept >= {it.pk for it in made[2:]}
    assert kept.isdisjoint(it.pk for it in made[:2])


def test_an_invite_is_revoked_in_its_own_room(den: Room, ada: Member) -> None:
    invite, other = new_invite(den, ada), new_members_room(ada)
    assert not invites.revoke(ada, other, invite.uid)
    assert Invite.objects.open().get() == invite
    assert invites.revoke(ada, den, invite.uid)
    assert invites.revoke(ada, den, invite.uid)  # it is so already
    assert not Invite.objects.open().exists()


# --- accounts and claims ------------------------------------------------------------------------


def test_who_deletes_an_account_leaves_no_open_invite_and_no_note(den: Room, ada: Member) -> None:
    new_invite(den, ada, note="for Grandma in Bonn")
    User.objects.get(username="ada").delete()
    invite = Invite.objects.get()
    assert (invite.is_open, invite.note) == (False, "")


def test_a_guest_who_was_removed_does_not_come_back_as_an_account(
    den: Room, ada: Member, ben: Member, gus: Member
) -> None:
    invite = new_invite(den, ada, for_guests=True)
    join(invite, gus)
    applied(RemovePerson(den.pk, ada.pk, gus.pk))
    claim(gus, ben)
    assert join(invite, ben) == "gone"
    assert join(new_invite(den, ada), ben) is None


def test_a_guest_who_becomes_an_account_inherits_a_room_that_only_guests_were_in(
    den: Room, ada: Member, ben: Member, gus: Member
) -> None:
    join(new_invite(den, ada, for_guests=True), gus)
    set_active(ada, is_active=False)
    assert find_heirs(ada.pk) == []
    claim(gus, ben)
    assert Job.objects.filter(kind=HAND_OVER, state__member=ben.pk).exists()
    commit(find_heirs(ben.pk))
    assert roles(den)["Ben"] == Role.OWNER
