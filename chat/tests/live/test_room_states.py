"""What connections are told of a room, and of who is in it."""

from typing import Any

import pytest

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.journal.roster_changes import RemovePerson, RenameRoom, SetRole
from chat.live import room_states
from chat.live.best_effort import BestEffortSender
from chat.live.room_states import Watcher
from chat.models import Member, Role, Room
from chat.policy import STRANGER
from chat.tests.support.accounts import sign_in
from chat.tests.support.private_rooms import (
    add,
    applied,
    new_account,
    new_direct_room,
    new_members_room,
)
from chat.tests.support.sockets import Socket, joined


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def ben(lobby: Room) -> Member:
    return await database.write(new_account, "Ben")


@pytest.fixture
async def den(ada: Member, ben: Member) -> Room:
    return await database.write(new_members_room, ada, [ben])


async def session_of(member: Member) -> str:
    return await database.write(lambda: sign_in(User.objects.get(member=member)))


async def change(change: Any) -> None:
    """As a page does."""
    await runtime.current().journal.append(change)
    await runtime.current().bus.flush()


async def roles(socket: Socket) -> dict[str, str | None]:
    people = (await socket.soft("people"))["people"]
    return {it["name"]: it.get("role") for it in people}


async def test_who_comes_is_told_who_belongs_to_the_room(
    den: Room, ada: Member, ben: Member
) -> None:
    async with joined(den.address, session=await session_of(ben)) as socket:
        event = await socket.soft("people")
    assert event == {
        "type": "people",
        "count": 2,
        "people": [
            {"id": str(ada.uid), "name": "Ada", "guest": False, "role": "owner"},
            {"id": str(ben.uid), "name": "Ben", "guest": False},
        ],
    }


async def test_a_change_of_the_people_is_told(den: Room, ada: Member, ben: Member) -> None:
    cleo = await database.write(new_account, "Cleo")
    async with joined(den.address, session=await session_of(ben)) as socket:
        assert await roles(socket) == {"Ada": "owner", "Ben": None}
        await change(SetRole(den.pk, ada.pk, ben.pk, Role.MODERATOR))
        assert await roles(socket) == {"Ada": "owner", "Ben": "moderator"}
        await database.write(add, den, ada, cleo)
        await change(RemovePerson(den.pk, ada.pk, cleo.pk))
        assert await roles(socket) == {"Ada": "owner", "Ben": "moderator"}


async def test_a_new_name_of_the_room_is_told_to_who_is_in_it(
    den: Room, ada: Member, ben: Member
) -> None:
    async with joined(den.address, session=await session_of(ben)) as socket:
        await socket.soft("people")
        await change(RenameRoom(den.pk, ada.pk, "Cave"))
        event = await socket.soft("room")
    assert event["room"] == {"id": str(den.uid), "name": "Cave", "kind": "members"}


async def test_an_open_room_tells_its_topic_and_names_no_people(lobby: Room, ada: Member) -> None:
    async with joined("Lobby") as guest, joined("Lobby", session=await session_of(ada)) as socket:
        await socket.post("Tea", kind="topic")
        event = await guest.soft("room")
        assert event["room"] == {"id": str(lobby.uid), "name": "Lobby", "topic": "Tea"}
        assert runtime.current().room_states._watchers.keys() == {lobby.pk}


async def test_each_in_a_direct_room_is_told_it_by_the_name_of_the_other(
    ada: Member, ben: Member
) -> None:
    room = await database.write(new_direct_room, ada, ben)
    async with joined(room.address, session=await session_of(ben)) as socket:
        assert await roles(socket) == {"Ada": None, "Ben": None}
        await socket.post("Tea", kind="topic")
        event = await socket.soft("room")
    assert (event["room"]["name"], event["room"]["topic"]) == ("Ada", "Tea")


async def unused(text: str) -> None:
    raise AssertionError(text)


async def test_who_was_taken_out_is_told_nothing_that_came_after(
    den: Room, ada: Member, ben: Member
) -> None:
    """Also while the socket is still open: what is read names who may get it."""
    state = await database.read(room_states._read, den.pk, {str(ben.uid)})
    bens, adas = (Watcher(it, STRANGER, BestEffortSender(unused, bool)) for it in (ben, ada))
    assert state.frame(bens, needs_room=True)
    await database.write(applied, RemovePerson(den.pk, ada.pk, ben.pk))
    state = await database.read(room_states._read, den.pk, {str(ada.uid), str(ben.uid)})
    assert state.frame(bens, needs_room=True) is None
    assert state.frame(adas, needs_room=True)


async def test_a_large_room_names_some_people_and_counts_all(
    den: Room, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_states, "SHOWN_PEOPLE", 1)
    async with joined(den.address, session=await session_of(ada)) as socket:
        event = await socket.soft("people")
    assert (event["count"], [it["name"] for it in event["people"]]) == (2, ["Ada"])


async def test_nothing_is_kept_of_a_room_that_all_have_left(den: Room, ada: Member) -> None:
    async with joined(den.address, session=await session_of(ada)) as socket:
        await socket.soft("people")
    states = runtime.current().room_states
    assert (states._watchers, states._sending) == ({}, {})
