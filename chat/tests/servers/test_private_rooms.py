"""Who is taken out of a room here is out there: on another process, in both protocols."""

import asyncio
import json
from contextlib import suppress
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from chat.protocol import Close
from chat.tests.servers.test_revocations import Pair, pair
from chat.tests.support.browsers import Browser
from chat.tests.support.clients import TIMEOUT_SECONDS, V1Client, v1
from chat.tests.support.servers import shell

__all__ = ["pair"]  # the fixture

NEW_ROOM = """
import json
from accounts.models import User
from chat.models import Member
from chat.tests.support.private_rooms import new_members_room
ada, ben = (Member.objects.of_user(User.objects.get(username=it)) for it in ("alice-0", "alice-1"))
room = new_members_room(ada, [ben])
print(json.dumps({"pk": room.pk, "address": room.address, "ada": ada.pk, "ben": ben.pk}))
"""
REMOVE = """
from chat.journal.roster_changes import RemovePerson
from chat.runtime import append_from_sync
print(append_from_sync(RemovePerson({pk}, {ada}, {ben})).entry.seq)
"""


async def post_until_closed(client: V1Client) -> int | None:
    """Post as fast as the server sends. Returns the close code."""
    with suppress(ConnectionClosed):
        while True:
            await client.send(type="message.send", id=str(uuid4()), text="in flight")
            await client.receive()
            await client.send(type="ack", version=client.messages[-1]["version"])
    return client.socket.close_code


async def read_until_closed(socket: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    return socket.close_code


async def test_a_removal_closes_the_sockets_there_and_nothing_is_stored_after_it(
    pair: Pair,
) -> None:
    here, there = pair
    room = await asyncio.to_thread(shell, here, NEW_ROOM)
    ada, ben = [
        await asyncio.to_thread(Browser.signed_in, here, it) for it in ("alice-0", "alice-1")
    ]
    url, cookies = there.socket_url(room["address"]), ben.headers
    async with (
        v1(url, additional_headers=cookies) as his,
        connect(url, additional_headers=cookies) as plain,
    ):
        posting = asyncio.create_task(post_until_closed(his))
        reading = asyncio.create_task(read_until_closed(plain))
        removal = await asyncio.to_thread(shell, here, REMOVE.format(**room))
        async with asyncio.timeout(TIMEOUT_SECONDS):
            assert await posting == await reading == Close.NOT_ALLOWED
    assert [it for it in his.messages if it["version"] >= removal] == []
    page = await asyncio.to_thread(ada.get, f"/chat/{room['address']}/messages?after={removal - 1}")
    assert [it["seq"] for it in json.loads(page.text)["messages"]] == [removal]
    protocols = [Subprotocol("chat.v1")]
    async with connect(url, subprotocols=protocols, additional_headers=cookies) as again:
        assert await V1Client(again).until_closed() == Close.NO_SUCH_ROOM
