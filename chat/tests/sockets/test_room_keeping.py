"""Sockets of rooms that take a new name, or are deleted."""

import pytest

from accounts.models import User
from chat import runtime
from chat.journal import database
from chat.journal.roster_changes import DeleteRoom, RenameRoom
from chat.models import Member, Message, Room
from chat.protocol import Close
from chat.tests.support.accounts import sign_in
from chat.tests.support.open_rooms import new_open_room
from chat.tests.support.private_rooms import append, new_account, new_members_room
from chat.tests.support.sockets import Socket, joined, plain


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


@pytest.fixture
async def attic(ada: Member) -> Room:
    return await database.write(new_open_room, "Attic", ada)


async def delete(room: Room, by: Member) -> None:
    """Delete the room as a page does."""
    await runtime.current().journal.append(DeleteRoom(room.pk, by.pk))
    await runtime.current().bus.flush()


async def closed_after_deletion(socket: Socket) -> int:
    """The close code. What the room's last entry says may come first."""
    message = await socket.receive_output(timeout=10)
    while message["type"] == "websocket.send":
        message = await socket.receive_output(timeout=10)
    code: int = message["code"]
    return code


async def test_a_socket_at_an_old_name_is_in_the_room(
    attic: Room, ada: Member, bob: Member
) -> None:
    await append(RenameRoom(attic.pk, ada.pk, "Loft"))
    async with joined("ATTIC", bob) as socket:
        hello = (await socket.events())[0]
        assert (hello["room"]["name"], hello["room"]["id"]) == ("Loft", str(attic.uid))
        await socket.say("hi")
    assert await database.read(Message.objects.filter(room=attic, author=bob).count) == 1
    assert await database.read(Room.objects.count) == 2


async def test_all_sockets_in_a_deleted_open_room_close(
    attic: Room, ada: Member, alice: Member, bob: Member
) -> None:
    async with (
        joined("attic", alice) as one,
        plain("attic", bob) as other,
        joined("lobby", alice) as elsewhere,
    ):
        await one.events()
        await elsewhere.events()
        await delete(attic, ada)
        for socket in (one, other):
            assert await closed_after_deletion(socket) == Close.NO_SUCH_ROOM
        await elsewhere.say("still here")


async def test_nothing_is_stored_by_a_socket_of_a_deleted_room(
    attic: Room, ada: Member, alice: Member
) -> None:
    async with joined("attic", alice) as socket:
        await socket.events()
        await append(DeleteRoom(attic.pk, ada.pk))  # this process is not told
        await socket.post("too late")
        error = await socket.event()
        assert (error["type"], error["code"]) == ("error", "gone")
    assert not await database.read(Message.objects.filter(author=alice).exists)


async def test_a_socket_of_a_deleted_members_room_closes_and_does_not_come_back(
    ada: Member,
) -> None:
    key = await database.write(lambda: sign_in(User.objects.get(username="ada")))
    den = await database.write(new_members_room, ada)
    async with joined(den.address, ada, session=key) as socket:
        await socket.events()
        await delete(den, ada)
        assert await closed_after_deletion(socket) == Close.NO_SUCH_ROOM
    async with joined(den.address, ada, session=key) as socket:
        assert await socket.close_code() == Close.NO_SUCH_ROOM


async def test_who_resumes_in_a_deleted_room_opens_no_other(
    attic: Room, ada: Member, alice: Member
) -> None:
    await append(DeleteRoom(attic.pk, ada.pk))
    async with joined("attic", alice, query="?after=1") as socket:
        assert await socket.close_code() == Close.NO_SUCH_ROOM
    assert await database.read(Room.objects.filter(key="attic").count) == 0
    async with joined("attic", alice, query="?after=0") as socket:
        assert (await socket.events())[0]["version"] == 0
