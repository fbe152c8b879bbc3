"""Clients as others write them: they know docs/protocol.md and nothing of the code."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from chat.tests.support.servers import Server

PATIENCE_SECONDS = 30  # for what surely comes, on a machine that does other things as well
NUDGED = 5  # messages in a row
SOFT = {"presence", "typing", "read", "rooms", "news"}  # comes when it likes


class V1Client:
    """A `chat.v1` client that keeps everything it was sent."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self.frames = 0

    @property
    def hello(self) -> dict[str, Any]:
        return self.events[0]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == "message"]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == "error"]

    async def send(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def say(self, text: str, id: str | None = None, **more: Any) -> dict[str, Any]:
        """Post, and wait for the confirmation; returns the message."""
        id = id or str(uuid4())
        await self.send(type="message.send", id=id, text=text, **more)
        await self.until(lambda: any(it["id"] == id for it in self.messages))
        return next(it for it in self.messages if it["id"] == id)

    async def hear(self) -> None:
        """Take one frame."""
        self.events += json.loads(await self.socket.recv())
        self.frames += 1

    async def until(self, happened: Callable[[], bool]) -> None:
        """Listen until something has happened."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not happened():
                await self.hear()

    async def until_closed(self) -> int | None:
        """Listen until the server closes; returns the close code."""
        with suppress(ConnectionClosed):
            await self.until(lambda: False)
        return self.socket.close_code

    async def quiet_for(self, seconds: float) -> bool:
        """Whether nothing is sent for so long, soft state aside."""
        heard = len(self.events)
        try:
            async with asyncio.timeout(seconds):
                while all(event["type"] in SOFT for event in self.events[heard:]):
                    await self.hear()
        except TimeoutError:
            return True
        return False


async def talk_by_nudges(alice: V1Client, bob: V1Client, reconcile_seconds: float) -> None:
    """Alice says each message once Bob has the one before.

    Raises TimeoutError where no nudge arrives: reconciling brings Bob one message a round.
    """
    async with asyncio.timeout(reconcile_seconds * (NUDGED - 1)):
        for number in range(NUDGED):
            said = await alice.say(f"nudged {number}")
            await bob.until(lambda said=said: said in bob.messages)  # type: ignore[misc]


@asynccontextmanager
async def v1(url: str, **options: Any) -> AsyncIterator[V1Client]:
    """A client that has been greeted."""
    async with connect(url, subprotocols=[Subprotocol("chat.v1")], **options) as socket:
        client = V1Client(socket)
        await client.until(lambda: bool(client.events))
        yield client


def guest_cookie(server: Server) -> str:
    """The cookie a browser gets with its first page."""
    with urlopen(server.url) as answer:
        cookies = answer.headers.get_all("Set-Cookie")
    return str(next(it for it in cookies if it.startswith("lobby_guest="))).split(";")[0]


class Person:
    """Somebody with a browser: the same on every process."""

    def __init__(self, server: Server, name: str) -> None:
        self.name, self.cookie = name, guest_cookie(server)
        self.post_form(server, "/name/", f"name={name}")

    def post_form(self, server: Server, address: str, filled: str = "") -> None:
        token = "x" * 32
        cookies = f"{self.cookie}; csrftoken={token}"
        headers = {"Cookie": cookies, "X-CSRFToken": token}
        with urlopen(Request(f"{server.url}{address}", filled.encode(), headers)):
            pass

    @asynccontextmanager
    async def at(self, server: Server, room: str, **options: Any) -> AsyncIterator[V1Client]:
        headers = {"Cookie": self.cookie}
        url = server.socket_url(room, **options)
        async with v1(url, additional_headers=headers) as client:
            yield client
