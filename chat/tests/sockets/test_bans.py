"""Sockets of blocked guests, and of other guests from their networks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from chat.journal import database
from chat.models import BannedNetwork, Member, Message, Room, Sanction
from chat.models.sanction import network_digest
from chat.protocol import Close
from chat.tests.live.test_revocations import run
from chat.tests.support.accounts import sign_in
from chat.tests.support.sockets import Socket, joined

HERE, THERE = "192.0.2.1", "192.0.2.2"


def block(member: Member) -> None:
    Sanction.objects.ban(member, timezone.now() + timedelta(hours=1))


def block_with_network(member: Member) -> None:
    block(member)
    Sanction.objects.add_networks(member.uid, [network_digest(HERE)])


async def code_for(**options: object) -> int:
    """The code with which a socket is closed."""
    socket = Socket("lobby", **options)  # type: ignore[arg-type]
    assert (await socket.connect())[0]
    return await socket.close_code()


async def test_a_block_closes_the_sockets_of_the_guest_and_of_guests_at_the_same_network(
    lobby: Room, alice: Member, bob: Member
) -> None:
    async with (
        joined("lobby", bob, address=HERE) as his,
        joined("lobby", uuid4(), address=HERE) as neighbours,
        joined("lobby", alice, address=THERE) as hers,
    ):
        for socket in (his, neighbours, hers):
            await socket.event()
        await run(block, bob)
        assert await his.close_code() == await neighbours.close_code() == Close.NOT_ALLOWED
        assert (await hers.say("hi"))["text"] == "hi"
    digests = await database.read(list, BannedNetwork.objects.values_list("digest", flat=True))
    assert digests == [network_digest(HERE)]


async def test_a_block_leaves_accounts_at_the_same_network_alone(lobby: Room, bob: Member) -> None:
    carol = await database.write(User.objects.create_user, "carol")
    key = await database.write(sign_in, carol)
    async with (
        joined("lobby", bob, address=HERE) as his,
        joined("lobby", session=key, address=HERE) as hers,
    ):
        await his.event()
        await hers.event()
        await run(block, bob)
        assert await his.close_code() == Close.NOT_ALLOWED
        assert (await hers.say("hi"))["text"] == "hi"


@pytest.mark.parametrize("who", ["the guest", "a new guest", "nobody"])
@pytest.mark.parametrize("protocols", [(), ("chat.v1",)])
async def test_nobody_who_is_blocked_is_admitted_or_stored(
    lobby: Room, bob: Member, who: str, protocols: tuple[str, ...]
) -> None:
    await database.write(block_with_network, bob)
    member = {"the guest": bob, "a new guest": uuid4(), "nobody": None}[who]
    code = await code_for(member=member, address=HERE, protocols=protocols)
    assert code == Close.NOT_ALLOWED
    assert await database.read(Member.objects.get) == bob


async def test_visitors_without_a_cookie_are_different_people(lobby: Room) -> None:
    async with (
        joined("lobby", address=HERE) as one,
        joined("lobby", address=HERE) as other,
    ):
        ids = [(await it.event())["you"]["id"] for it in (one, other)]
    assert ids[0] != ids[1]


async def test_a_blocked_guest_whose_socket_is_still_open_changes_nothing(
    lobby: Room, bob: Member
) -> None:
    async with joined("lobby", bob) as socket:
        await socket.event()
        until = timezone.now() + timedelta(hours=1)
        await database.write(Member.objects.update, banned_until=until)
        assert (await socket.say("hi"))["code"] == "not_allowed"
    assert not await database.read(Message.objects.exists)
