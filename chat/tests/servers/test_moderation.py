"""What a moderator does here is in force there: on another process, with and without Redis."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from chat.protocol import Close
from chat.tests.servers.test_revocations import Pair, pair
from chat.tests.support.browsers import Browser
from chat.tests.support.clients import V1Client, v1
from chat.tests.support.servers import shell

__all__ = ["pair"]  # the fixture

OWN = """
from accounts.models import User
from chat.models import Member
from chat.tests.support.open_rooms import new_open_room
new_open_room("Tea", Member.objects.of_user(User.objects.get(username="alice-2")))
print(1)
"""


async def refused(client: V1Client) -> str:
    """The code with which a post is refused."""
    id = str(uuid4())
    await client.send(type="message.send", id=id, text="hi")
    await client.until(lambda: any(it["id"] == id for it in client.errors))
    return str(client.errors[-1]["code"])


def standings(client: V1Client) -> list[dict[str, Any]]:
    return [it for it in client.events if it["type"] == "you"]


async def test_mutes_and_bans_are_in_force_on_another_process(pair: Pair) -> None:
    here, there = pair
    await asyncio.to_thread(shell, here, OWN)
    ada = await asyncio.to_thread(Browser.signed_in, here, "alice-2")

    async def act(what: str, **fields: str) -> None:
        answer = await asyncio.to_thread(ada.post, "/chat/tea/moderate", act=what, **fields)
        assert (answer.status, json.loads(answer.text)) == (200, {"done": 1})

    guest = Browser(there)
    await asyncio.to_thread(guest.get, "/chat/tea/")
    async with v1(there.socket_url("tea"), additional_headers=guest.headers) as gus:
        his = {"person": (await gus.say("hi"))["author"]["id"]}
        await act("mute", **his, seconds="3600", why="Be kind")
        await gus.until(lambda: bool(standings(gus)))
        assert standings(gus)[-1]["muted"]["why"] == "Be kind"
        assert await refused(gus) == "muted"
        await act("unmute", **his)
        await gus.until(lambda: "muted" not in standings(gus)[-1])
        await gus.say("thanks")
        await act("ban", **his, seconds="3600")
        assert await gus.until_closed() == Close.NOT_ALLOWED
    protocols = [Subprotocol("chat.v1")]
    url = there.socket_url("tea")
    async with connect(url, subprotocols=protocols, additional_headers=guest.headers) as again:
        assert await V1Client(again).until_closed() == Close.NOT_ALLOWED
    assert (await asyncio.to_thread(guest.get, "/chat/tea/messages")).status == 403
    async with v1(there.socket_url("lobby"), additional_headers=guest.headers) as elsewhere:
        await elsewhere.say("hi")
