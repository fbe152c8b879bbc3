"""A room is deleted: nobody finds it, its name is free, and nothing that was said stays."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from chat import access, runtime
from chat.journal import Delete, Edit, Post, React, Refused, database
from chat.journal.changes import Change
from chat.journal.roster_changes import DeleteRoom, Leave, RenameRoom, SetArchived
from chat.journal.write import room_deletion
from chat.journal.write.appender import commit
from chat.live.visits import Visit, record
from chat.models import (
    CardPicture,
    File,
    FormerRoomName,
    Invite,
    Job,
    Member,
    Membership,
    Message,
    Revocation,
    Room,
    RoomId,
    RoomName,
    Subscription,
)
from chat.models.message import Kind
from chat.models.revocation import Why
from chat.models.stored_bytes import REMOVE
from chat.tests.support.files import new_file, post_files
from chat.tests.support.link_cards import post_with_card
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_account, new_direct_room, new_members_room

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = ["plans", "earlier", "Den", "Cave", "purpose", "neighbours"]


@pytest.fixture
def den(ada: Member, ben: Member) -> Room:
    """A members room where something was said, edited, reacted to and mentioned."""
    den = new_members_room(ada, [ben])
    applied(RenameRoom(den.pk, ada.pk, "Cave"))
    said = applied(Post(den.pk, ada.pk, uuid4(), "earlier words"))
    applied(Edit(den.pk, ada.pk, said.entry.seq, "my plans"))
    applied(React(den.pk, ben.pk, said.entry.seq, "👍"))
    applied(Post(den.pk, ben.pk, uuid4(), "what plans?", reply_to=said.entry.seq))
    applied(Post(den.pk, ada.pk, uuid4(), "purpose", kind=Kind.TOPIC))
    Invite.objects.create(room=den, made_by=ada, note="for the neighbours")
    return den


def refusals(*changes: Change) -> list[str | None]:
    return [it.code if isinstance(it, Refused) else None for it in commit(changes)]


def delete(room: Room, by: Member) -> None:
    applied(DeleteRoom(room.pk, by.pk))
    room.refresh_from_db()


def work_off(room: Room) -> None:
    while not room_deletion.remove_messages(room.pk):
        pass


def rows() -> Iterable[str]:
    """Every row of every table, as text."""
    for model in apps.get_models():
        for row in model._default_manager.values_list():
            yield f"{model.__name__} {row}"


# --- who may ------------------------------------------------------------------------------------


def test_a_room_is_deleted_by_its_owner(den: Room, ben: Member, ada: Member) -> None:
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    assert refusals(DeleteRoom(den.pk, ben.pk), DeleteRoom(den.pk, olga.pk)) == [
        "not_allowed",
        "gone",
    ]
    assert refusals(DeleteRoom(den.pk, ada.pk)) == [None]


def test_operators_delete_open_rooms(ada: Member) -> None:
    guest = Member.objects.create(name="Gus")
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    lobby = new_open_room()
    assert refusals(DeleteRoom(lobby.pk, ada.pk), DeleteRoom(lobby.pk, guest.pk)) == [
        "not_allowed",
        "not_allowed",
    ]
    assert refusals(DeleteRoom(lobby.pk, olga.pk)) == [None]


def test_nobody_deletes_a_direct_room(ada: Member, ben: Member) -> None:
    assert refusals(DeleteRoom(new_direct_room(ada, ben).pk, ada.pk)) == ["not_allowed"]


def test_an_archived_room_can_be_deleted(den: Room, ada: Member) -> None:
    applied(SetArchived(den.pk, ada.pk, archived=True))
    assert refusals(DeleteRoom(den.pk, ada.pk)) == [None]


# --- at once ------------------------------------------------------------------------------------


def test_a_deleted_room_is_found_by_nobody(den: Room, ada: Member) -> None:
    delete(den, ada)
    assert access.find(ada, RoomId(den.key)) is None
    assert (den.name, den.topic) == ("", "")
    assert not Membership.objects.exists()
    assert not Subscription.objects.exists()


def test_the_names_of_a_deleted_open_room_are_free(ada: Member) -> None:
    lobby = new_open_room("Lobby", ada)
    applied(RenameRoom(lobby.pk, ada.pk, "Hall"))
    delete(lobby, ada)
    assert access.find(ada, RoomName.parse("hall")) is None
    for name in ("Lobby", "Hall"):
        [visited] = record([Visit(RoomName.parse(name), uuid4())])
        assert visited
        assert visited.room != lobby
    assert not FormerRoomName.objects.exists()
    assert str(lobby) == "deleted room"
    assert lobby.address == f"~{lobby.uid}"


def test_what_was_in_flight_is_not_stored_after_the_deletion(
    den: Room, ada: Member, ben: Member
) -> None:
    version = den.version
    codes = refusals(
        Post(den.pk, ben.pk, uuid4(), "before"),
        DeleteRoom(den.pk, ada.pk),
        Post(den.pk, ben.pk, uuid4(), "after"),
        React(den.pk, ben.pk, 1, "👍"),
        Edit(den.pk, ada.pk, 3, "after"),
        Delete(den.pk, ada.pk, 3),
        Leave(den.pk, ben.pk),
        DeleteRoom(den.pk, ada.pk),
    )
    assert codes == [None, None, *["gone"] * 6]
    assert not Subscription.objects.exists()
    assert refusals(Post(den.pk, ada.pk, uuid4(), "later")) == ["gone"]
    assert Room.objects.get(pk=den.pk).version > version


def test_a_deleted_open_room_takes_no_message_by_who_was_in_it(ada: Member) -> None:
    lobby = new_open_room("Lobby", ada)
    delete(lobby, ada)
    assert refusals(Post(lobby.pk, ada.pk, uuid4(), "hi")) == ["gone"]


def test_the_sockets_of_the_room_are_told_to_close_and_lists_change(
    den: Room, ada: Member, ben: Member
) -> None:
    appended = applied(DeleteRoom(den.pk, ada.pk))
    assert appended.has_revoked
    assert set(appended.listed_for) == {str(ada.uid), str(ben.uid)}
    revocation = Revocation.objects.get()
    assert (revocation.why, revocation.room, revocation.member) == (Why.ROOM_DELETED, den, None)
    assert str(revocation) == f"room deleted: {den.pk}"


# --- by a job -----------------------------------------------------------------------------------


def test_nothing_that_was_said_stays(den: Room, ada: Member) -> None:
    assert all(any(it in row for row in rows()) for it in SECRETS)
    delete(den, ada)
    work_off(den)
    assert [row for row in rows() if any(it in row for it in SECRETS)] == []
    assert not Message.objects.exists()


def test_messages_go_in_short_steps_and_those_of_other_rooms_stay(
    den: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_deletion, "STEP_MESSAGES", 2)
    lobby = new_open_room()
    applied(Post(lobby.pk, ada.pk, uuid4(), "hi"))
    delete(den, ada)
    before = Message.objects.filter(room=den).count()
    assert room_deletion.remove_messages(den.pk) is False
    assert Message.objects.filter(room=den).count() == before - 2
    work_off(den)
    assert [it.room for it in Message.objects.all()] == [lobby]


def test_a_visit_that_found_the_room_before_leaves_nothing(den: Room, ada: Member) -> None:
    delete(den, ada)
    Subscription.objects.record_visit(ada, den)
    assert list(Subscription.objects.recent(ada)) == []
    work_off(den)
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("attempt", range(5))
def test_a_post_and_the_deletion_at_once_leave_nothing(
    den: Room, ada: Member, ben: Member, attempt: int
) -> None:
    """To the database, a thread with a connection of its own is like a process."""

    def process(change: Change) -> list[str | None]:
        try:
            return refusals(change)
        finally:
            connection.close()

    changes = [DeleteRoom(den.pk, ada.pk), Post(den.pk, ben.pk, uuid4(), "plans")]
    with ThreadPoolExecutor(2) as processes:
        [deleted], [posted] = processes.map(process, changes)
    assert deleted is None
    assert posted in {None, "gone"}
    work_off(den)
    assert not Message.objects.exists()
    assert not Subscription.objects.exists()


def test_every_table_with_a_room_or_a_message_is_emptied_or_stays_for_a_reason() -> None:
    """What is new joins the lists of room_deletion. The bytes of files go by a job."""

    def related(model: type[models.Model]) -> set[Any]:
        return {it.related_model for it in model._meta.related_objects}

    listed = {*room_deletion.AT_ONCE, *room_deletion.WITH_MESSAGES, *room_deletion.STAYING}
    assert related(Room) | related(Message) == listed | {Message, File, CardPicture}
    assert related(Message) <= {*room_deletion.WITH_MESSAGES, File, CardPicture}


def test_the_files_go_with_the_room(lobby: Room, ada: Member) -> None:
    den = new_members_room(ada)
    post_with_card(den, ada, "https://example.com")
    picture = CardPicture.objects.get()
    sent, unsent, other = new_file(ada, den), new_file(ada, den), new_file(ada, lobby)
    post_files(ada, sent)
    applied(DeleteRoom(den.pk, ada.pk))
    assert set(File.objects.all()) == {sent, other}
    work_off(den)
    assert File.objects.get() == other
    keys = {key for job in Job.objects.filter(kind=REMOVE) for key in job.state["keys"]}
    assert {sent.key, unsent.key, picture.key} <= keys
    assert other.key not in keys


async def test_the_job_is_worked_off(lobby: Room, alice: Member) -> None:
    def make() -> None:
        applied(Post(lobby.pk, alice.pk, uuid4(), "hi"))
        olga = new_account("Olga", is_staff=True, is_superuser=True)
        applied(DeleteRoom(lobby.pk, olga.pk))
        applied(Post(Room.objects.ensure(RoomName.parse("Den")).pk, alice.pk, uuid4(), "hi"))

    await database.write(make)
    assert await database.read(Job.objects.get) is not None
    await runtime.current().jobs.run_due()
    assert not await database.read(Job.objects.filter(kind=room_deletion.EMPTY).exists)
    assert await database.read(Message.objects.count) == 1


def test_the_revocation_goes_after_a_day(den: Room, ada: Member) -> None:
    delete(den, ada)
    Revocation.objects.update(at=timezone.now() - timedelta(days=2))
    Revocation.objects.append(Why.SESSION, member=ada.uid)
    assert [it.why for it in Revocation.objects.all()] == [Why.SESSION]
