"""What becomes of private rooms when an account is claimed by, deactivated or deleted."""

import io
import json
import zipfile

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from accounts import operators
from accounts.models import User
from chat import runtime
from chat.journal import Refused, database
from chat.journal.roster_changes import Join, Leave, RemovePerson, RenameRoom, SetRole
from chat.journal.write.appender import commit
from chat.models import Invite, Member, Message, Role, Room
from chat.models.member import FORMER_NAME
from chat.personal_data.deletion import delete_account
from chat.tests.leaks.conftest import People, new_people, streamed, user_of
from chat.tests.leaks.targets import NAME, TEXT, new_den
from chat.tests.support.pages import browser_of
from chat.tests.support.private_rooms import append, applied, new_members_room, roles


async def den_of_all() -> tuple[People, Room]:
    people = await database.write(new_people)
    others = [people.ben, people.later, people.stranger]
    return people, await database.write(new_members_room, people.ada, others)


def last_events(room: Room, count: int) -> list[tuple[str, str]]:
    rows = Message.objects.filter(room=room).select_related("author").order_by("-seq")[:count]
    return [(it.author.name, it.event["type"]) for it in rows if it.event][::-1]


def end(member: Member, *, delete: bool) -> None:
    user = user_of(member)
    try:
        if delete:
            delete_account(user, with_messages=True)
        else:
            operators.set_active([user], active=False)
    finally:
        connections.close_all()


async def test_the_eldest_moderator_inherits_from_a_deleted_owner(lobby: Room) -> None:
    people, den = await den_of_all()
    await append(SetRole(den.pk, people.ada.pk, people.later.pk, Role.MODERATOR))
    await sync_to_async(end)(people.ada, delete=True)
    await runtime.current().jobs.run_due()
    assert await database.read(roles, den) == {
        "Ben": Role.MEMBER,
        "Later": Role.OWNER,
        "Stranger": Role.MEMBER,
    }
    told = await database.read(last_events, den, 2)
    assert told == [("Later", "inherited"), (FORMER_NAME, "left")]


async def test_the_eldest_member_inherits_where_nobody_moderates(lobby: Room) -> None:
    people, den = await den_of_all()
    await sync_to_async(end)(people.ada, delete=True)
    await runtime.current().jobs.run_due()
    assert (await database.read(roles, den))["Ben"] == Role.OWNER


async def test_a_deactivated_owner_stays_one_beside_the_heir(lobby: Room) -> None:
    people, den = await den_of_all()
    await sync_to_async(end)(people.ada, delete=False)
    await runtime.current().jobs.run_due()
    found = await database.read(roles, den)
    assert (found["Ada"], found["Ben"], found["Later"]) == (Role.OWNER, Role.OWNER, Role.MEMBER)


async def test_nobody_inherits_while_an_owner_is_active(lobby: Room) -> None:
    people, den = await den_of_all()
    await append(SetRole(den.pk, people.ada.pk, people.stranger.pk, Role.OWNER))
    await sync_to_async(end)(people.ada, delete=True)
    await runtime.current().jobs.run_due()
    found = await database.read(roles, den)
    assert [name for name, role in found.items() if role == Role.OWNER] == ["Stranger"]


async def test_a_room_that_nobody_else_is_in_is_left_to_nobody(lobby: Room) -> None:
    people = await database.write(new_people)
    den = await database.write(new_members_room, people.ada)
    await sync_to_async(end)(people.ada, delete=True)
    await runtime.current().jobs.run_due()
    assert await database.read(roles, den) == {}


@pytest.mark.django_db(transaction=True)
def test_an_owner_does_not_leave_the_room_to_one_who_is_deactivated() -> None:
    people = new_people()
    den = new_members_room(people.ada, [people.ben])
    commit([SetRole(den.pk, people.ada.pk, people.ben.pk, Role.OWNER)])
    User.objects.filter(member=people.ben).update(is_active=False)
    [outcome] = commit([Leave(den.pk, people.ada.pk)])
    assert isinstance(outcome, Refused)
    assert outcome.code == "last_owner"


# --- claims -------------------------------------------------------------------------------------


def come_in(room: Room, people: People) -> None:
    """The guest comes in by an invite of Ada's."""
    invite = Invite.objects.create(room=room, made_by=people.ada, for_guests=True)
    applied(Join(room.pk, people.guest.pk, invite.pk))


@pytest.mark.django_db(transaction=True)
def test_a_guest_who_was_taken_out_brings_no_room_to_the_account() -> None:
    people = new_people()
    den = new_members_room(people.ada)
    come_in(den, people)
    commit([RemovePerson(den.pk, people.ada.pk, people.guest.pk)])
    browser = browser_of(people.stranger)
    browser.cookies["lobby_guest"] = browser_of(people.guest).cookies["lobby_guest"].value
    browser.post("/claim/", {"answer": "yes"})
    assert Member.objects.get(pk=people.guest.pk).claimed_by_id == people.stranger.user_id
    assert browser.get(f"/chat/{den.address}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_claimed_guest_is_in_the_room_as_the_account() -> None:
    people = new_people()
    den = new_members_room(people.ada)
    come_in(den, people)
    browser = browser_of(people.stranger)
    browser.cookies["lobby_guest"] = browser_of(people.guest).cookies["lobby_guest"].value
    browser.post("/claim/", {"answer": "yes"})
    assert browser.get(f"/chat/{den.address}/").status_code == 200
    assert set(roles(den)) == {"Ada", "Stranger"}


# --- one's own data -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_archive_names_no_room_that_is_no_longer_mine() -> None:
    """It may be called something else by now, which is none of the person's business."""
    people = new_people()
    den = new_den(people.ada, people.ben, people.former, people.later)
    commit([RenameRoom(den.pk("room"), people.ada.pk, "Elsewhere")])
    files = archive(people.former)
    assert f"{TEXT} by Former" in files
    assert den.address in files
    for secret in (NAME, "Elsewhere", "by Ada", "by Ben", str(den.person)):
        assert secret not in files
    assert "Elsewhere" in archive(people.ben)


def archive(member: Member) -> str:
    answer = browser_of(member).post("/accounts/data/download/")
    with zipfile.ZipFile(io.BytesIO(streamed(answer))) as files:
        return json.dumps([json.loads(files.read(it)) for it in files.namelist()])
