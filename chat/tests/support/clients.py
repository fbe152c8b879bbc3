"""Clients over real sockets, written from docs/protocol.md alone."""

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

TIMEOUT_SECONDS = 30  # bounds a failure, also on a busy machine
NUDGED = 5  # messages in a row
SOFT_EVENTS = {
    "you",
    "presence",
    "typing",
    "read",
    "rooms",
    "news",
    "room",
    "people",
    "reports",
}  # at any time


class V1Client:
    """A `chat.v1` client that keeps every event."""

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
        """Post a message and wait for the confirmation. Returns the message."""
        id = id or str(uuid4())
        await self.send(type="message.send", id=id, text=text, **more)
        await self.until(lambda: any(it["id"] == id for it in self.messages))
        return next(it for it in self.messages if it["id"] == id)

    async def receive(self) -> None:
        """Receive one frame."""
        self.events += json.loads(await self.socket.recv())
        self.frames += 1

    async def until(self, condition: Callable[[], bool]) -> None:
        """Receive frames until the condition holds."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not condition():
                await self.receive()

    async def until_closed(self) -> int | None:
        """Receive frames until the server closes. Returns the close code."""
        with suppress(ConnectionClosed):
            await self.until(lambda: False)
        return self.socket.close_code

    async def receives_nothing_for(self, seconds: float) -> bool:
        """Whether only soft events arrive for so many seconds."""
        before = len(self.events)
        try:
            async with asyncio.timeout(seconds):
                while all(event["type"] in SOFT_EVENTS for event in self.events[before:]):
                    await self.receive()
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
    """A connected client that has received `hello`."""
    async with connect(url, subprotocols=[Subprotocol("chat.v1")], **options) as socket:
        client = V1Client(socket)
        await client.until(lambda: bool(client.events))
        yield client


def guest_cookie(server: Server) -> str:
    """The guest cookie that a new browser gets."""
    with urlopen(server.url) as answer:
        cookies = answer.headers.get_all("Set-Cookie")
    return str(next(it for it in cookies if it.startswith("lobby_guest="))).split(";")[0]


class Person:
    """A guest with a browser cookie: the same member on every server."""

    def __init__(self, server: Server, name: str) -> None:
        self.name, self.cookie = name, guest_cookie(server)
        self.post_form(server, "/name/", f"name={name}")

    def post_form(self, server: Server, address: str, body: str = "") -> None:
        token = "x" * 32
        cookies = f"{self.cookie}; csrftoken={token}"
        headers = {"Cookie": cookies, "X-CSRFToken": token}
        with urlopen(Request(f"{server.url}{address}", body.encode(), headers)):
            pass

    @asynccontextmanager
    async def at(self, server: Server, room: str, **options: Any) -> AsyncIterator[V1Client]:
        """A client of this person in a room, connected to one server."""
        headers = {"Cookie": self.cookie}
        url = server.socket_url(room, **options)
        async with v1(url, additional_headers=headers) as client:
            yield client
