"""What a process does before it ends, without a server."""

import pytest

from chat.journal import threads
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
        subscription = await threads.read(Subscription.objects.find, alice, lobby)
        assert subscription
        assert subscription.read_seq == 1


async def test_a_socket_that_opens_after_drain_is_closed_as_restarting(lobby: Room) -> None:
    await shutdown.drain()
    socket = Socket("lobby")
    assert (await socket.connect())[0]
    assert await socket.close_code() == Close.RESTARTING
