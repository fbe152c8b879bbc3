"""Sockets of programs, which show a token."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from chat import runtime
from chat.journal import Post, database
from chat.models import Member, Revocation, Room, RoomName, Scope, Token
from chat.models.revocation import Why
from chat.programs import tokens
from chat.protocol import Close
from chat.tests.support.private_rooms import append, new_account
from chat.tests.support.sockets import Socket, joined


@pytest.fixture
async def ada(lobby: Room) -> Member:
    return await database.write(new_account, "Ada")


Header = tuple[bytes, bytes]


async def shown(member: Member, *scopes: Scope, **terms: Any) -> Header:
    """The header with a new token of the member."""
    _, secret = await database.write(Token.objects.make, member, member, "x", scopes, **terms)
    return b"authorization", f"Bearer {secret}".encode()


async def refused(room: str, header: Header) -> int:
    socket = Socket(room, headers=(header,))
    assert (await socket.connect())[0]
    return await socket.close_code()


async def test_a_program_speaks_as_its_member(lobby: Room, ada: Member) -> None:
    header = await shown(ada, Scope.READ, Scope.POST)
    async with joined("lobby", uuid4(), headers=(header,)) as socket:
        assert (await socket.event())["you"]["id"] == str(ada.uid)
        assert (await socket.say("hi"))["author"]["id"] == str(ada.uid)


async def test_a_new_password_closes_no_socket_of_a_program(lobby: Room, ada: Member) -> None:
    header = await shown(ada, Scope.READ, Scope.POST)
    async with joined("lobby", headers=(header,)) as socket:
        await socket.event()
        await database.write(Revocation.objects.append, Why.PASSWORD, member=ada.uid)
        await runtime.current().revocations.read()
        assert (await socket.say("hi"))["text"] == "hi"


async def test_a_deactivated_account_closes_the_sockets_of_its_programs(
    lobby: Room, ada: Member
) -> None:
    header = await shown(ada, Scope.READ)
    async with joined("lobby", headers=(header,)) as socket:
        await socket.event()
        await database.write(Revocation.objects.append, Why.DEACTIVATED, member=ada.uid)
        assert await socket.close_code() == Close.NOT_ALLOWED


async def test_a_token_that_reads_posts_nothing(lobby: Room, ada: Member) -> None:
    header = await shown(ada, Scope.READ)
    async with joined("lobby", headers=(header,)) as socket:
        await socket.event()
        assert (await socket.say("hi"))["code"] == "scope"


async def test_a_token_deletes_what_others_wrote_with_the_scope_only(
    lobby: Room, ada: Member, bob: Member
) -> None:
    operator = await database.write(new_account, "Olga", is_staff=True, is_superuser=True)
    await append(Post(lobby.pk, bob.pk, uuid4(), "spam"))
    posting = await shown(operator, Scope.READ, Scope.POST)
    async with joined("lobby", headers=(posting,)) as socket:
        await socket.events()
        await socket.send(type="message.delete", seq=1)
        assert (await socket.event())["code"] == "scope"
    moderating = await shown(operator, Scope.READ, Scope.MODERATE)
    async with joined("lobby", headers=(moderating,)) as socket:
        await socket.events()
        await socket.send(type="message.delete", seq=1)
        assert (await socket.event())["deleted_by"] == "moderator"


async def test_without_a_valid_token_no_socket_opens(lobby: Room, ada: Member) -> None:
    never = b"authorization", b"Bearer lobby_never"
    assert await refused("lobby", never) == Close.SIGN_IN_FIRST
    past = timezone.now() - timedelta(seconds=1)
    assert await refused("lobby", await shown(ada, Scope.READ, expires_at=past)) == 4401
    assert await refused("lobby", await shown(ada, Scope.POST)) == Close.NOT_ALLOWED


async def test_a_program_comes_into_no_room_but_the_token_s(lobby: Room, ada: Member) -> None:
    attic = await database.write(Room.objects.ensure, RoomName.parse("attic"))
    header = await shown(ada, Scope.READ, rooms=[attic])
    assert await refused("lobby", header) == Close.NO_SUCH_ROOM
    assert await refused("nowhere", header) == Close.NO_SUCH_ROOM
    assert await database.read(Room.objects.count) == 2
    async with joined("attic", headers=(header,)) as socket:
        await socket.events()
        await socket.send(type="rooms")
        assert await socket.receive_nothing()


async def test_a_revoked_token_closes_its_sockets_and_no_other(lobby: Room, ada: Member) -> None:
    first, second = await shown(ada, Scope.READ), await shown(ada, Scope.READ, Scope.POST)
    async with joined("lobby", headers=(second,)) as other:
        await other.events()
        socket = Socket("lobby", headers=(first,))
        await socket.connect()
        await socket.events()
        await database.write(lambda: tokens.revoke(Token.objects.earliest("pk")))
        await other.post("still here")
        assert (await other.event())["text"] == "still here"
        code = 0
        while not code:
            message = await socket.receive_output()
            code = message.get("code", 0)
        assert code == Close.SIGN_IN_FIRST


async def test_a_socket_ends_when_its_token_expires(lobby: Room, ada: Member) -> None:
    soon = timezone.now() + timedelta(seconds=3)
    socket = Socket("lobby", headers=(await shown(ada, Scope.READ, expires_at=soon),))
    await socket.connect()
    await socket.events()
    assert await socket.close_code() == Close.SIGN_IN_FIRST
