"""Sockets of accounts, and of guests where guests may read only, or not come in."""

from uuid import UUID, uuid4

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from chat.journal import database
from chat.models import Member, Message, Room, Subscription
from chat.protocol import Close
from chat.tests.support.accounts import sign_in
from chat.tests.support.sockets import Socket, joined, plain


@pytest.fixture
async def account(lobby: Room) -> User:
    return await database.write(User.objects.create_user, "alice")


async def refused(room: str, member: Member | UUID | None = None, **options: str | None) -> int:
    """The code with which a socket is closed."""
    socket = Socket(room, member, **options)  # type: ignore[arg-type]
    assert (await socket.connect())[0]
    return await socket.close_code()


async def test_a_socket_of_a_user_speaks_as_their_own_member(lobby: Room, account: User) -> None:
    key = await database.write(sign_in, account)
    async with joined("lobby", uuid4(), session=key) as socket:
        you = (await socket.event())["you"]
        message = await socket.say("hi")
    hers = await database.read(Member.objects.get, user=account)
    assert you["id"] == message["author"]["id"] == str(hers.uid)
    assert await database.read(Subscription.objects.filter(member=hers).exists)


async def test_a_session_that_has_ended_opens_no_socket(lobby: Room, account: User) -> None:
    assert await refused("lobby", session="a" * 32) == Close.SIGN_IN_FIRST
    assert not await database.read(Member.objects.exists)


async def test_a_guest_cookie_opens_no_socket_for_an_account(lobby: Room, account: User) -> None:
    hers = await database.write(Member.objects.create, name="Alice", user=account)
    assert await refused("lobby", hers) == Close.SIGN_IN_FIRST


async def test_the_session_of_a_deactivated_user_leaves_no_row(lobby: Room, account: User) -> None:
    key = await database.write(sign_in, account)
    await database.write(Member.objects.all().delete)
    await database.write(User.objects.update, is_active=False)
    assert await refused("attic", session=key) == Close.NOT_ALLOWED
    assert await database.read(Room.objects.get) == lobby
    assert not await database.read(Member.objects.exists)


# --- GUESTS=read --------------------------------------------------------------------------------


async def test_guests_who_may_only_read_are_told_to_sign_in(
    lobby: Room, alice: Member, bob: Member, settings: Settings
) -> None:
    async with joined("lobby", bob) as socket:
        await socket.event()
        await socket.say("hello")
        settings.GUESTS = "read"
        changes = [
            {"type": "message.edit", "seq": 1, "text": "edited", "id": "e"},
            {"type": "message.delete", "seq": 1, "id": "d"},
            {"type": "message.react", "seq": 1, "emoji": "👍", "id": "r"},
        ]
        for change in changes:
            await socket.send(**change)
            assert (await socket.event())["code"] == "sign_in_first"
    async with joined("lobby", alice) as socket:
        assert [it["type"] for it in await socket.events()] == ["hello", "message"]
        error = await socket.say("hi")
        assert (error["code"], error["detail"]) == (
            "sign_in_first",
            "Guests can only read here. Sign in to write.",
        )
    assert await database.read(Message.objects.values_list("text", flat=True).get) == "hello"


async def test_nobody_sees_a_guest_type_who_may_only_read(
    lobby: Room, account: User, alice: Member, settings: Settings
) -> None:
    settings.GUESTS = "read"
    key = await database.write(sign_in, account)
    async with joined("lobby", alice) as guest, joined("lobby", session=key) as user:
        for socket in (guest, user):
            await socket.event()
        await guest.send(type="typing")
        await guest.say("")  # its refusal says that the frame before is handled
        await user.send(type="typing")
        [typing] = (await guest.soft("typing"))["people"]
        assert typing["name"] == "alice"


async def test_a_plain_client_who_may_only_read_is_closed_when_it_posts(
    lobby: Room, settings: Settings
) -> None:
    settings.GUESTS = "read"
    async with plain("lobby") as socket:
        await socket.send(message="hi")
        assert await socket.close_code() == Close.SIGN_IN_FIRST


async def test_guests_who_may_only_read_leave_no_row(lobby: Room, settings: Settings) -> None:
    settings.GUESTS = "read"
    async with joined("lobby", uuid4()) as socket:
        assert (await socket.event())["type"] == "hello"
    assert await refused("attic", uuid4()) == Close.SIGN_IN_FIRST
    assert await database.read(Room.objects.get) == lobby
    assert not await database.read(Member.objects.exists)


@pytest.mark.parametrize("guests", ["read", "off"])
async def test_users_do_everything_whatever_guests_may(
    lobby: Room, account: User, settings: Settings, guests: str
) -> None:
    settings.GUESTS = guests
    key = await database.write(sign_in, account)
    async with joined("attic", session=key) as socket:
        await socket.event()
        assert (await socket.say("hi"))["text"] == "hi"


# --- GUESTS=off ---------------------------------------------------------------------------------


@pytest.mark.parametrize("protocols", [(), ("chat.v1",)])
@pytest.mark.parametrize("guest", [None, uuid4()])
async def test_where_there_are_no_guests_their_sockets_are_closed(
    lobby: Room, settings: Settings, guest: UUID | None, protocols: tuple[str, ...]
) -> None:
    settings.GUESTS = "off"
    assert await refused("lobby", guest, protocols=protocols) == Close.SIGN_IN_FIRST  # type: ignore[arg-type]
    assert not await database.read(Member.objects.exists)
