"""What a process does before it ends, without a server."""

import asyncio
from typing import Any

import pytest
from channels.layers import get_channel_layer

from chat import runtime
from chat.journal import database
from chat.journal.write import statements
from chat.models import Member, Room, Subscription
from chat.protocol import Close
from chat.tests.support.sockets import Socket, connected
from mysite.servers import shutdown


async def test_drain_stores_read_pointers(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.live.read_pointers.STORE_SECONDS", 3_600)
    async with connected("lobby", alice) as (hers,):
        await hers.say("one")
        await hers.send(type="read", seq=1)
        await hers.say("two")  # so that the frame before is handled
        await shutdown.drain()
        subscription = await database.read(Subscription.objects.find, alice, lobby)
        assert subscription
        assert subscription.read_seq == 1


async def test_drain_stores_pointers_that_moved_during_a_write(
    lobby: Room, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(Subscription.objects.record_visit, alice, lobby)
    pointers = runtime.current().read_pointers
    loop, move = asyncio.get_running_loop(), statements.move_read_pointers

    def move_meanwhile(seqs: Any) -> Any:
        monkeypatch.setattr(statements, "move_read_pointers", move)
        loop.call_soon_threadsafe(pointers.move, alice, lobby, 2, 2)
        return move(seqs)

    monkeypatch.setattr(statements, "move_read_pointers", move_meanwhile)
    pointers.move(alice, lobby, 1, 1)
    await pointers.drain()
    subscription = await database.read(Subscription.objects.find, alice, lobby)
    assert subscription
    assert subscription.read_seq == 2


async def test_a_process_that_stops_leaves_its_groups(lobby: Room, alice: Member) -> None:
    async with connected("lobby", alice):
        assert get_channel_layer().groups
    await shutdown.shut_down()
    assert get_channel_layer().groups == {}


async def test_a_socket_that_opens_after_drain_is_closed_as_restarting(lobby: Room) -> None:
    await shutdown.drain()
    socket = Socket("lobby")
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.RESTARTING
