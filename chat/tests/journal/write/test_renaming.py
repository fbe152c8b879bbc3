"""Rooms take new names: the old name of an open room leads to the room, and nowhere else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import access
from chat.journal import Refused
from chat.journal.roster_changes import RenameRoom, SetArchived
from chat.journal.write.appender import commit
from chat.live.visits import Visit, record
from chat.models import (
    FormerRoomName,
    Member,
    Membership,
    Message,
    Room,
    RoomName,
    Subscription,
    parse_address,
)
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import applied, new_account, new_direct_room, new_members_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lobby(ada: Member) -> Room:
    return new_open_room("Lobby", ada)


def rename(room: Room, by: Member, name: str) -> str | None:
    """The code of the refusal, if the change is refused."""
    [outcome] = commit([RenameRoom(room.pk, by.pk, name)])
    return outcome.code if isinstance(outcome, Refused) else None


def room_at(address: str) -> Room | None:
    found = access.find(Member.new_guest(uuid4()), parse_address(address))
    return found.room if found else None


def visit(name: str) -> Room:
    """Open the room of that name, as a guest does."""
    [recorded] = record([Visit(RoomName.parse(name), uuid4())])
    assert recorded
    return recorded.room


# --- who may ------------------------------------------------------------------------------------


def test_an_open_room_is_renamed_by_its_owner_and_by_operators(lobby: Room, ada: Member) -> None:
    ben, olga = new_account("Ben"), new_account("Olga", is_staff=True, is_superuser=True)
    guest = Member.objects.create(name="Gus")
    assert rename(lobby, ben, "Hall") == rename(lobby, guest, "Hall") == "not_allowed"
    assert rename(lobby, ada, "Hall") is None
    assert rename(lobby, olga, "Foyer") is None
    told = Message.objects.filter(room=lobby).order_by("seq").values_list("text", flat=True)
    assert list(told) == [
        "renamed the room from Lobby to Hall",
        "renamed the room from Hall to Foyer",
    ]


def test_a_room_that_a_guest_opened_is_renamed_by_operators_alone() -> None:
    guest = Member.objects.create(name="Gus")
    [recorded] = record([Visit(RoomName.parse("Lobby"), guest.uid)])
    assert recorded
    assert rename(recorded.room, guest, "Hall") == "not_allowed"
    olga = new_account("Olga", is_staff=True, is_superuser=True)
    assert rename(recorded.room, olga, "Hall") is None


def test_operators_do_not_rename_rooms_that_are_not_open(ada: Member) -> None:
    olga, den = new_account("Olga", is_staff=True, is_superuser=True), new_members_room(ada)
    assert rename(den, olga, "Cave") == "gone"
    assert rename(new_direct_room(ada, olga), olga, "Cave") == "not_allowed"


def test_an_archived_room_keeps_its_name(lobby: Room, ada: Member) -> None:
    applied(SetArchived(lobby.pk, ada.pk, archived=True))
    assert rename(lobby, ada, "Hall") == "not_allowed"


@pytest.mark.parametrize("name", ["", "a/b", "~x", " ", "x" * 65, "a\u202eb"])
def test_an_open_room_takes_no_name_that_is_no_address(lobby: Room, ada: Member, name: str) -> None:
    assert rename(lobby, ada, name) == "bad_room_name"


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\0b"])
def test_a_members_room_takes_no_name_that_cannot_be_shown(ada: Member, name: str) -> None:
    assert rename(new_members_room(ada), ada, name) == "bad_room_name"


def test_a_members_room_takes_a_name_that_is_no_address(ada: Member) -> None:
    den = new_members_room(ada)
    assert rename(den, ada, "Ada & Ben / plans  🎉") is None
    den.refresh_from_db()
    assert (den.name, den.address) == ("Ada & Ben / plans 🎉", f"~{den.uid}")


# --- names --------------------------------------------------------------------------------------


def test_an_old_name_leads_to_the_room(lobby: Room, ada: Member) -> None:
    rename(lobby, ada, "Hall")
    rename(lobby, ada, "Foyer")
    assert room_at("lobby") == room_at("HALL") == room_at("foyer") == lobby
    found = access.find(ada, RoomName.parse("lobby"))
    assert found
    assert (found.room.address, found.standing.role) == ("Foyer", "owner")
    for name in ("lobby", "Hall", "Foyer"):
        assert Room.objects.named(RoomName.parse(name)) == lobby


def test_who_comes_by_an_old_name_opens_no_other_room(lobby: Room, ada: Member) -> None:
    rename(lobby, ada, "Hall")
    assert visit("Lobby") == visit("hall") == Room.objects.ensure(RoomName.parse("lobby")) == lobby
    assert Room.objects.count() == 1
    assert set(Subscription.objects.values_list("room", flat=True)) == {lobby.pk}


def test_a_name_that_another_room_has_or_had_is_taken(lobby: Room, ada: Member) -> None:
    other = new_open_room("Attic", ada)
    assert rename(other, ada, "LOBBY") == "name_taken"
    rename(lobby, ada, "Hall")
    assert rename(other, ada, "Lobby") == rename(other, ada, "Hall") == "name_taken"
    assert room_at("attic") == other


def test_a_room_takes_its_own_old_name_back(lobby: Room, ada: Member) -> None:
    rename(lobby, ada, "Hall")
    assert rename(lobby, ada, "Lobby") is None
    assert room_at("lobby") == room_at("hall") == lobby
    assert list(FormerRoomName.objects.values_list("key", flat=True)) == ["hall"]


def test_a_name_in_other_letters_is_the_same_address(lobby: Room, ada: Member) -> None:
    assert rename(lobby, ada, "Lobby") == "nothing_changes"
    assert rename(lobby, ada, "LOBBY") is None
    lobby.refresh_from_db()
    assert (lobby.name, lobby.key) == ("LOBBY", "lobby")
    assert not FormerRoomName.objects.exists()


def test_the_names_of_rooms_that_are_not_open_take_none_away(lobby: Room, ada: Member) -> None:
    den = new_members_room(ada)
    assert rename(den, ada, "Lobby") is None
    assert room_at("lobby") == lobby
    assert room_at("den") is None
    assert not FormerRoomName.objects.exists()


def test_those_who_have_the_room_in_their_list_are_told(lobby: Room, ada: Member) -> None:
    ben = new_account("Ben")
    Subscription.objects.keep(ben, lobby)
    Subscription.objects.record_visit(new_account("Cleo"), lobby)
    appended = applied(RenameRoom(lobby.pk, ada.pk, "Hall"))
    assert set(appended.listed_for) == {str(ben.uid)}


def test_to_find_a_room_by_an_old_name_costs_no_query_more(lobby: Room, ada: Member) -> None:
    def queries_for(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert access.find(ada, RoomName.parse(name))
        return len(queries)

    assert ada.is_active  # her account is read once
    before = queries_for("Lobby")
    rename(lobby, ada, "Hall")
    assert queries_for("Hall") == before
    assert queries_for("Lobby") == before


# --- at once ------------------------------------------------------------------------------------


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """To the database, a thread with a connection of its own is like a process."""
    barrier = Barrier(len(works))

    def process(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as processes:
        return list(processes.map(process, works))


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_rooms_that_take_a_name_at_once_one_gets_it(
    lobby: Room, ada: Member, attempt: int
) -> None:
    attic = new_open_room("Attic", ada)
    codes = at_once(lambda: rename(lobby, ada, "Hall"), lambda: rename(attic, ada, "Hall"))
    assert sorted(codes, key=str) == [None, "name_taken"]
    assert room_at("hall") == (lobby if codes[0] is None else attic)


@pytest.mark.parametrize("attempt", range(5))
def test_a_name_that_is_taken_and_opened_at_once_leads_to_one_room(
    lobby: Room, ada: Member, attempt: int
) -> None:
    code, opened = at_once(lambda: rename(lobby, ada, "Hall"), lambda: visit("Hall"))
    assert (code, opened == lobby) in {(None, True), ("name_taken", False)}
    assert room_at("hall") == opened


@pytest.mark.parametrize("attempt", range(5))
def test_a_name_that_is_left_and_opened_at_once_leads_to_one_room(
    lobby: Room, ada: Member, attempt: int
) -> None:
    code, opened = at_once(lambda: rename(lobby, ada, "Hall"), lambda: visit("Lobby"))
    assert (code, opened) == (None, lobby)
    assert Room.objects.count() == 1


def test_a_name_that_became_a_former_one_after_the_look_is_not_opened(
    lobby: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename(lobby, ada, "Hall")
    looked = iter([True])
    by_keys = type(Room.objects.all()).by_keys

    def find_nothing_at_first(rooms: Any, keys: Any) -> dict[str, Room]:
        return {} if next(looked, False) else by_keys(rooms, keys)

    monkeypatch.setattr(type(Room.objects.all()), "by_keys", find_nothing_at_first)
    assert Room.objects.ensure(RoomName.parse("lobby")) == lobby
    assert Room.objects.count() == 1


def test_a_name_that_became_a_former_one_after_the_look_is_not_taken(
    lobby: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    attic = new_open_room("Attic", ada)
    rename(lobby, ada, "Hall")
    looked = iter([True])
    is_taken = type(Room.objects.all()).is_taken

    def find_nothing_at_first(rooms: Any, name: RoomName, room: Room) -> bool:
        return False if next(looked, False) else is_taken(rooms, name, room)

    monkeypatch.setattr(type(Room.objects.all()), "is_taken", find_nothing_at_first)
    assert rename(attic, ada, "Lobby") == "name_taken"
    assert (room_at("lobby"), room_at("attic")) == (lobby, attic)
    assert Membership.objects.filter(room=attic).count() == 1
