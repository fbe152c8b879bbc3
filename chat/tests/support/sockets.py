"""Sockets without a server: the ASGI application, driven in this event loop."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from channels.testing import WebsocketCommunicator

from chat import guests
from chat.models import Member
from chat.routing import websocket_application
from chat.tests.support.clients import PATIENCE_SECONDS, SOFT


def is_soft(frame: str) -> bool:
    events = json.loads(frame)
    return isinstance(events, list) and {event["type"] for event in events} <= SOFT


def cookie_of(member: Member | UUID) -> tuple[bytes, bytes]:
    uid = member.uid if isinstance(member, Member) else member
    return b"cookie", f"{guests.COOKIE}={guests.sign(uid)}".encode()


class Socket(WebsocketCommunicator):  # type: ignore[misc]  # Channels has no types
    """A communicator with words for what the tests say."""

    def __init__(
        self,
        room: str,
        member: Member | UUID | None = None,
        *,
        protocols: tuple[str, ...] = ("chat.v1",),
        query: str = "",
        headers: tuple[tuple[bytes, bytes], ...] = (),
        path: str | None = None,
    ) -> None:
        cookies = (cookie_of(member),) if member else ()
        address = path if path is not None else f"/ws/chat/{quote(room)}/"
        super().__init__(
            websocket_application, f"{address}{query}", [*headers, *cookies], list(protocols)
        )

    async def receive_from(self, timeout: float = PATIENCE_SECONDS) -> str:  # noqa: ASYNC109
        """The next frame that is no soft state."""
        while True:
            frame: str = await super().receive_from(timeout)
            if not is_soft(frame):
                return frame

    async def receive_nothing(self, timeout: float = 0.1, interval: float = 0.01) -> bool:  # noqa: ASYNC109
        """Whether nothing comes for so long, soft state aside."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await super().receive_nothing(timeout, interval):
                message = await self.receive_output()
                if message["type"] != "websocket.send" or not is_soft(message["text"]):
                    return False
        return True

    async def receive_json_from(self, timeout: float = PATIENCE_SECONDS) -> Any:  # noqa: ASYNC109
        return await super().receive_json_from(timeout)

    async def send(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame, ensure_ascii=False))

    async def events(self) -> list[dict[str, Any]]:
        """The next frame."""
        events: list[dict[str, Any]] = json.loads(await self.receive_from())
        return events

    async def soft(self, type: str) -> dict[str, Any]:
        """The next soft state of that type, whatever comes before it."""
        while True:
            for event in json.loads(await super().receive_from(PATIENCE_SECONDS)):
                if event["type"] == type:
                    found: dict[str, Any] = event
                    return found

    async def event(self) -> dict[str, Any]:
        """The only event of the next frame."""
        [event] = await self.events()
        return event

    async def post(self, text: str, id: UUID | None = None, **more: Any) -> str:
        """Post without waiting; returns the id."""
        id = id or uuid4()
        await self.send(type="message.send", id=str(id), text=text, **more)
        return str(id)

    async def say(self, text: str, id: UUID | None = None, **more: Any) -> dict[str, Any]:
        """Post, and return the next event."""
        await self.post(text, id, **more)
        return await self.event()

    async def close_code(self) -> int:
        """What the server closes with, next."""
        message = await self.receive_output(timeout=PATIENCE_SECONDS)
        while message["type"] == "websocket.send" and is_soft(message["text"]):
            message = await self.receive_output(timeout=PATIENCE_SECONDS)
        assert message["type"] == "websocket.close", message
        code: int = message["code"]
        return code


@asynccontextmanager
async def joined(
    room: str, member: Member | UUID | None = None, **options: Any
) -> AsyncIterator[Socket]:
    """A `chat.v1` socket in a room; its first frame is there to be read."""
    socket = Socket(room, member, **options)
    accepted, subprotocol = await socket.connect(timeout=PATIENCE_SECONDS)
    assert accepted
    assert subprotocol == "chat.v1"
    yield socket
    await socket.disconnect(timeout=PATIENCE_SECONDS)


@asynccontextmanager
async def plain(room: str, member: Member | UUID | None = None) -> AsyncIterator[Socket]:
    """A socket in the plain mode."""
    socket = Socket(room, member, protocols=())
    accepted, subprotocol = await socket.connect(timeout=PATIENCE_SECONDS)
    assert accepted
    assert subprotocol is None
    yield socket
    await socket.disconnect(timeout=PATIENCE_SECONDS)
