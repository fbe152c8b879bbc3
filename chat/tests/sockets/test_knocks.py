"""Sockets in a room where newcomers knock."""

from uuid import uuid4

import pytest

from chat.journal import database
from chat.journal.roster_changes import SetKnock
from chat.models import Member, Membership, Role, Room, Subscription
from chat.protocol import Close
from chat.runtime import current
from chat.tests.support.private_rooms import new_account
from chat.tests.support.sockets import Socket, joined


def keep(member: Member, room: Room) -> None:
    Subscription.objects.keep(member, room)


def new_owner(room: Room) -> Member:
    owner = new_account("Olga")
    Membership.objects.create(member=owner, room=room, role=Role.OWNER)
    return owner


@pytest.mark.parametrize("protocols", [(), ("chat.v1",)])
async def test_sockets_of_who_is_not_in_close_at_once_and_stay_out(
    lobby: Room, alice: Member, bob: Member, protocols: tuple[str, ...]
) -> None:
    await database.write(keep, alice, lobby)
    owner = await database.write(new_owner, lobby)
    async with joined("lobby", alice) as hers, joined("lobby", bob) as his:
        await hers.event()
        await his.event()
        await current().journal.settle(SetKnock(lobby.pk, owner.pk, True))
        assert await his.close_code() == await hers.close_code() == Close.TRY_LATER
    async with joined("lobby", alice) as hers:  # she comes back
        assert (await hers.event())["type"] == "hello"
    for member in (bob, uuid4(), None):
        socket = Socket("lobby", member=member, protocols=protocols)
        assert (await socket.connect())[0]
        assert await socket.close_code() == Close.NOT_ALLOWED
