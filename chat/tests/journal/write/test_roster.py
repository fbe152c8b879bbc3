"""Who is in a room: each change is an event of the journal, in the transaction of its rows."""

import json
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from chat.journal import Delete, Post, Refused
from chat.journal.roster_changes import (
    AddPeople,
    Begin,
    JoinAsOperator,
    Leave,
    RemovePerson,
    RenameRoom,
    SetArchived,
    SetHistory,
    SetRole,
)
from chat.journal.write.appender import commit
from chat.models import (
    Member,
    Membership,
    Message,
    Revocation,
    Role,
    Room,
    RoomKind,
    Subscription,
)
from chat.models.event import event_text
from chat.models.revocation import Why
from chat.models.room import History
from chat.tests.support.private_rooms import (
    add,
    applied,
    last_event,
    new_account,
    new_direct_room,
    new_members_room,
    refusal,
    roles,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    return new_members_room(ada, [ben])


def events(room: Room) -> list[dict[str, Any]]:
    found = Message.objects.filter(room=room).order_by("seq")
    return [{"type": it.event["type"], "by": it.author.name} for it in found if it.event]


def people_of_last_event(room: Room) -> list[str]:
    return [it["name"] for it in last_event(room)["people"]]


# --- beginning ----------------------------------------------------------------------------------


def test_a_members_room_begins_with_its_owner_and_people(
    den: Room, ada: Member, ben: Member
) -> None:
    assert roles(den) == {"Ada": Role.OWNER, "Ben": Role.MEMBER}
    assert events(den) == [{"type": "made", "by": "Ada"}]
    assert {it.member for it in Subscription.objects.filter(room=den)} == {ada, ben}


def test_the_first_event_of_a_room_has_its_topic(ada: Member) -> None:
    room = Room.new_private(RoomKind.MEMBERS, name="Den", topic="Tea")
    room.save()
    applied(Begin(room.pk, ada.pk))
    assert last_event(room) == {"type": "made", "people": [], "topic": "Tea"}


def test_a_room_begins_once(den: Room, ada: Member, cleo: Member) -> None:
    assert refusal(Begin(den.pk, ada.pk, (cleo.pk,))) == "nothing_changes"
    assert refusal(Begin(den.pk, cleo.pk)) == "gone"
    assert roles(den) == {"Ada": Role.OWNER, "Ben": Role.MEMBER}


def test_a_guest_begins_no_room(ada: Member) -> None:
    guest = Member.objects.create(name="Gus")
    room = Room.new_private(RoomKind.MEMBERS, name="Den")
    room.save()
    assert refusal(Begin(room.pk, guest.pk, (ada.pk,))) == "gone"
    assert roles(room) == {}


def test_a_direct_room_begins_with_whom_it_is_for_and_nobody_else(
    ada: Member, ben: Member, cleo: Member
) -> None:
    room = new_direct_room(ada, ben)
    assert roles(room) == {"Ada": Role.MEMBER, "Ben": Role.MEMBER}
    other = Room.new_private(RoomKind.DIRECT, people="0" * 64)
    other.save()
    assert refusal(Begin(other.pk, ada.pk, (cleo.pk,))) == "gone"


def test_an_open_room_begins_by_nobody(ada: Member) -> None:
    room = Room.objects.create(key="lobby", name="Lobby")
    assert refusal(Begin(room.pk, ada.pk)) == "nothing_changes"


# --- coming in ----------------------------------------------------------------------------------


def test_people_who_are_added_see_what_was_said_or_not(
    den: Room, ada: Member, cleo: Member
) -> None:
    applied(Post(den.pk, ada.pk, uuid4(), "before"))
    dora = new_account("Dora")
    add(den, ada, cleo)
    add(den, ada, dora, sees_history=False)
    found = {it.member.name: it for it in Membership.objects.filter(room=den)}
    assert (found["Cleo"].since, found["Cleo"].visible_from) == (3, 0)
    assert (found["Dora"].since, found["Dora"].visible_from) == (4, 4)


@pytest.mark.parametrize("history", History)
def test_what_newcomers_see_is_the_choice_of_owners_and_moderators_follow_the_room(
    den: Room, ada: Member, ben: Member, cleo: Member, history: History
) -> None:
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    Room.objects.filter(pk=den.pk).update(history=history)
    add(den, ben, cleo, sees_history=history != History.START)
    membership = Membership.objects.get(room=den, member=cleo)
    assert (membership.visible_from == 0) == (history == History.START)


def test_who_is_in_is_not_added_again(den: Room, ada: Member, ben: Member, cleo: Member) -> None:
    assert refusal(AddPeople(den.pk, ada.pk, (ben.pk,))) == "nothing_changes"
    add(den, ada, ben, cleo)
    assert people_of_last_event(den) == ["Cleo"]


def test_guests_are_added_by_nobody(den: Room, ada: Member) -> None:
    guest = Member.objects.create(name="Gus")
    assert refusal(AddPeople(den.pk, ada.pk, (guest.pk,))) == "nothing_changes"


def test_members_do_not_add_people_and_strangers_find_no_room(
    den: Room, ben: Member, cleo: Member
) -> None:
    assert refusal(AddPeople(den.pk, ben.pk, (cleo.pk,))) == "not_allowed"
    assert refusal(AddPeople(den.pk, cleo.pk, (cleo.pk,))) == "gone"


def test_a_direct_room_with_one_more_person_becomes_a_members_room_in_place(
    ada: Member, ben: Member, cleo: Member
) -> None:
    room = new_direct_room(ada, ben)
    applied(Post(room.pk, ada.pk, uuid4(), "between us"))
    add(room, ben, cleo, sees_history=False)
    room.refresh_from_db()
    assert (room.kind, room.people, room.name) == (RoomKind.MEMBERS, None, "Den")
    assert Membership.objects.get(room=room, member=cleo).visible_from == 3
    assert new_direct_room(ada, ben).pk != room.pk


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_guest_whom_the_only_account_left_alone_adds_nobody(
    ada: Member, ben: Member, gus: Member, is_deleted: bool
) -> None:
    room = new_direct_room(ada, gus)
    user = User.objects.get(username="ada")
    if is_deleted:
        user.delete()
    else:
        user.is_active = False
        user.save()
    assert refusal(AddPeople(room.pk, gus.pk, (ben.pk,), room_name="Den")) == "not_allowed"
    room.refresh_from_db()
    assert room.is_direct


# --- going --------------------------------------------------------------------------------------


def test_who_is_removed_is_out_of_everything(den: Room, ada: Member, ben: Member) -> None:
    applied(Post(den.pk, ben.pk, uuid4(), "hi"))
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    assert roles(den) == {"Ada": Role.OWNER}
    assert people_of_last_event(den) == ["Ben"]
    assert not Subscription.objects.filter(room=den, member=ben).exists()
    revocation = Revocation.objects.get()
    assert (revocation.member, revocation.room_id, revocation.why) == (
        ben.uid,
        den.pk,
        Why.REMOVED,
    )
    assert refusal(Post(den.pk, ben.pk, uuid4(), "still here")) == "gone"


def test_what_was_in_flight_with_a_removal_is_not_stored(
    den: Room, ada: Member, ben: Member
) -> None:
    outcomes = commit(
        [
            Post(den.pk, ben.pk, uuid4(), "before"),
            RemovePerson(den.pk, ada.pk, ben.pk),
            Post(den.pk, ben.pk, uuid4(), "after"),
        ]
    )
    assert [it.code for it in outcomes if isinstance(it, Refused)] == ["gone"]
    assert not Subscription.objects.filter(room=den, member=ben).exists()


@pytest.mark.parametrize(
    ("by", "whom", "code"),
    [
        ("Ada", "Mo", None),
        ("Ada", "Ben", None),
        ("Mo", "Ben", None),
        ("Mo", "Ada", "not_allowed"),
        ("Mo", "Mia", "not_allowed"),
        ("Ben", "Mo", "not_allowed"),
        ("Ben", "Ben", "not_allowed"),
        ("Ada", "Ada", "last_owner"),
        ("Ada", "Zoe", "not_allowed"),
        ("Zoe", "Ben", "gone"),
        ("Zoe", "Zoe", "gone"),
    ],
)
def test_who_removes_whom(
    den: Room, ada: Member, ben: Member, by: str, whom: str, code: str | None
) -> None:
    people = {it: new_account(it) for it in ("Mo", "Mia", "Zoe")} | {"Ada": ada, "Ben": ben}
    add(den, ada, people["Mo"], people["Mia"])
    for it in ("Mo", "Mia"):
        applied(SetRole(den.pk, ada.pk, people[it].pk, Role.MODERATOR))
    assert refusal(RemovePerson(den.pk, people[by].pk, people[whom].pk)) == code


def test_the_last_owner_leaves_after_handing_over(den: Room, ada: Member, ben: Member) -> None:
    assert refusal(Leave(den.pk, ada.pk)) == "last_owner"
    assert refusal(SetRole(den.pk, ada.pk, ada.pk, Role.MEMBER)) == "last_owner"
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.OWNER))
    applied(Leave(den.pk, ada.pk))
    assert roles(den) == {"Ben": Role.OWNER}
    assert events(den)[-1] == {"type": "left", "by": "Ada"}


def test_nobody_leaves_a_direct_room(ada: Member, ben: Member) -> None:
    room = new_direct_room(ada, ben)
    assert refusal(Leave(room.pk, ada.pk)) == "not_allowed"


def test_who_comes_back_is_in_again(den: Room, ada: Member, ben: Member) -> None:
    applied(RemovePerson(den.pk, ada.pk, ben.pk))
    add(den, ada, ben, sees_history=False)
    applied(Post(den.pk, ben.pk, uuid4(), "hi again"))
    assert Membership.objects.get(room=den, member=ben).visible_from == 3


# --- roles and the room -------------------------------------------------------------------------


def test_only_owners_give_roles(den: Room, ada: Member, ben: Member, cleo: Member) -> None:
    add(den, ada, cleo)
    assert refusal(SetRole(den.pk, ben.pk, ben.pk, Role.OWNER)) == "not_allowed"
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    assert refusal(SetRole(den.pk, ben.pk, cleo.pk, Role.MODERATOR)) == "not_allowed"
    assert refusal(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR)) == "nothing_changes"


def test_a_guest_in_the_room_gets_no_role(den: Room, ada: Member) -> None:
    guest = Member.objects.create(name="Gus")
    Membership.objects.create(member=guest, room=den)  # by an invite
    assert refusal(SetRole(den.pk, ada.pk, guest.pk, Role.OWNER)) == "not_allowed"
    assert roles(den)["Gus"] == Role.MEMBER


def test_owners_choose_what_newcomers_see(den: Room, ada: Member, ben: Member) -> None:
    assert refusal(SetHistory(den.pk, ada.pk, History.START)) == "nothing_changes"
    assert refusal(SetHistory(den.pk, ben.pk, History.JOINING)) == "not_allowed"
    applied(SetHistory(den.pk, ada.pk, History.JOINING))
    den.refresh_from_db()
    assert den.history == History.JOINING
    assert last_event(den) == {"type": "history", "to": "joining"}


# --- the room itself ----------------------------------------------------------------------------


def test_an_archived_room_is_read_only_until_it_is_opened_again(
    den: Room, ada: Member, ben: Member
) -> None:
    assert refusal(SetArchived(den.pk, ben.pk, archived=True)) == "not_allowed"
    applied(SetArchived(den.pk, ada.pk, archived=True))
    assert refusal(Post(den.pk, ben.pk, uuid4(), "hi")) == "not_allowed"
    assert refusal(AddPeople(den.pk, ada.pk, (ben.pk,))) == "not_allowed"
    applied(SetArchived(den.pk, ada.pk, archived=False))
    applied(Post(den.pk, ben.pk, uuid4(), "hi"))
    assert [it["type"] for it in events(den)] == ["made", "archived", "unarchived"]


def test_a_room_takes_a_new_name(den: Room, ada: Member, ben: Member) -> None:
    assert refusal(RenameRoom(den.pk, ben.pk, "Mine")) == "not_allowed"
    applied(RenameRoom(den.pk, ada.pk, "Cave"))
    den.refresh_from_db()
    assert (den.name, den.address) == ("Cave", f"~{den.uid}")


def test_every_event_has_a_text_for_programs(den: Room, ada: Member, ben: Member) -> None:
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
    applied(RenameRoom(den.pk, ada.pk, "Cave"))
    applied(SetHistory(den.pk, ada.pk, History.JOINING))
    applied(Leave(den.pk, ben.pk))
    for message in Message.objects.filter(room=den):
        assert message.event
        assert message.text == event_text(message.event)
        assert json.dumps(message.event)
    assert list(Message.objects.filter(room=den).values_list("text", flat=True)) == [
        "made this room with Ben",
        "made Ben moderator",
        "renamed the room from Den to Cave",
        "let newcomers see what is said from their joining",
        "left",
    ]


# --- what operators and moderators cannot -------------------------------------------------------


@pytest.mark.parametrize("sees_history", [True, False])
def test_what_a_direct_room_hides_from_the_first_newcomer_stays_hidden(
    ada: Member, ben: Member, cleo: Member, sees_history: bool
) -> None:
    room = new_direct_room(ada, ben)
    add(room, ada, cleo, sees_history=sees_history)
    room.refresh_from_db()
    assert room.history == (History.START if sees_history else History.JOINING)


def test_an_operator_in_a_direct_room_adds_nobody_and_never_owns_it(
    ada: Member, ben: Member, cleo: Member
) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    room = new_direct_room(ada, ben)
    applied(JoinAsOperator(room.pk, olga.pk))
    assert refusal(AddPeople(room.pk, olga.pk, (cleo.pk,), room_name="Mine")) == "not_allowed"
    add(room, ada, cleo)
    assert roles(room) == {
        "Ada": Role.OWNER,
        "Ben": Role.OWNER,
        "Olga": Role.MEMBER,
        "Cleo": Role.MEMBER,
    }


def test_nobody_deletes_what_happened_to_the_people_of_a_room(
    den: Room, ada: Member, ben: Member, cleo: Member
) -> None:
    add(den, ada, cleo)
    applied(SetRole(den.pk, ada.pk, ben.pk, Role.OWNER))
    applied(RemovePerson(den.pk, ada.pk, cleo.pk))
    for message in Message.objects.filter(room=den):
        assert refusal(Delete(den.pk, ben.pk, message.seq)) == "not_allowed"
    assert [it["type"] for it in events(den)] == ["made", "added", "role", "removed"]
