"""WebSocket communicators: sockets of the ASGI application in this event loop, no server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from channels.testing import WebsocketCommunicator
from django.conf import settings

from chat import guest_cookie
from chat.models import Member
from chat.routing import websocket_application
from chat.tests.support.clients import SOFT_EVENTS, TIMEOUT_SECONDS


def is_soft(frame: str) -> bool:
    events = json.loads(frame)
    return isinstance(events, list) and {event["type"] for event in events} <= SOFT_EVENTS


HOST = b"host", b"localhost:8000"


def cookie_of(member: Member | UUID | None, session: str | None = None) -> tuple[bytes, bytes]:
    cookies = []
    if member:
        uid = member.uid if isinstance(member, Member) else member
        cookies.append(f"{guest_cookie.COOKIE}={guest_cookie.sign(uid)}")
    if session:
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session}")
    return b"cookie", "; ".join(cookies).encode()


class Socket(WebsocketCommunicator):  # type: ignore[misc]  # Channels has no types
    """A communicator that sends and receives frames of Lobby's protocol."""

    def __init__(
        self,
        room: str,
        member: Member | UUID | None = None,
        *,
        protocols: tuple[str, ...] = ("chat.v1",),
        query: str = "",
        headers: tuple[tuple[bytes, bytes], ...] = (),
        path: str | None = None,
        address: str | None = None,
        session: str | None = None,
    ) -> None:
        """`address` is the IP address of the client, None: unknown; `session` a session key."""
        cookies = (cookie_of(member, session),) if member or session else ()
        path = path if path is not None else f"/ws/chat/{quote(room)}/"
        super().__init__(
            websocket_application, f"{path}{query}", [HOST, *headers, *cookies], list(protocols)
        )
        if address is not None:
            self.scope["client"] = address, 50_000

    async def receive_from(self, timeout: float = TIMEOUT_SECONDS) -> str:  # noqa: ASYNC109
        """The next frame with anything but soft events."""
        while True:
            frame: str = await super().receive_from(timeout)
            if not is_soft(frame):
                return frame

    async def receive_nothing(self, timeout: float = 0.1, interval: float = 0.01) -> bool:  # noqa: ASYNC109
        """Whether only soft events arrive within `timeout`."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not await super().receive_nothing(timeout, interval):
                message = await self.receive_output()
                if message["type"] != "websocket.send" or not is_soft(message["text"]):
                    return False
        return True

    async def receive_json_from(self, timeout: float = TIMEOUT_SECONDS) -> Any:  # noqa: ASYNC109
        return await super().receive_json_from(timeout)

    async def send(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame, ensure_ascii=False))

    async def events(self) -> list[dict[str, Any]]:
        """The events of the next frame."""
        events: list[dict[str, Any]] = json.loads(await self.receive_from())
        return events

    async def soft(self, type: str) -> dict[str, Any]:
        """The next soft event of that type; skips everything before it."""
        while True:
            for event in json.loads(await super().receive_from(TIMEOUT_SECONDS)):
                if event["type"] == type:
                    found: dict[str, Any] = event
                    return found

    async def event(self) -> dict[str, Any]:
        """The event of the next frame, which has exactly one."""
        [event] = await self.events()
        return event

    async def post(self, text: str, id: UUID | None = None, **more: Any) -> str:
        """Post a message without waiting. Returns its id."""
        id = id or uuid4()
        await self.send(type="message.send", id=str(id), text=text, **more)
        return str(id)

    async def say(self, text: str, id: UUID | None = None, **more: Any) -> dict[str, Any]:
        """Post a message. Returns the next event."""
        await self.post(text, id, **more)
        return await self.event()

    async def close_code(self) -> int:
        """Wait until the server closes. Returns the close code."""
        message = await self.receive_output(timeout=TIMEOUT_SECONDS)
        while message["type"] == "websocket.send" and is_soft(message["text"]):
            message = await self.receive_output(timeout=TIMEOUT_SECONDS)
        assert message["type"] == "websocket.close", message
        code: int = message["code"]
        return code


@asynccontextmanager
async def joined(
    room: str, member: Member | UUID | None = None, **options: Any
) -> AsyncIterator[Socket]:
    """A `chat.v1` socket in a room. The test receives `hello` itself."""
    socket = Socket(room, member, **options)
    accepted, subprotocol = await socket.connect(timeout=TIMEOUT_SECONDS)
    assert accepted
    assert subprotocol == "chat.v1"
    yield socket
    await socket.disconnect(timeout=TIMEOUT_SECONDS)


@asynccontextmanager
async def plain(
    room: str, member: Member | UUID | None = None, **options: Any
) -> AsyncIterator[Socket]:
    """A plain-mode socket in a room."""
    socket = Socket(room, member, protocols=(), **options)
    accepted, subprotocol = await socket.connect(timeout=TIMEOUT_SECONDS)
    assert accepted
    assert subprotocol is None
    yield socket
    await socket.disconnect(timeout=TIMEOUT_SECONDS)


@asynccontextmanager
async def connected(room: str, *members: Member) -> AsyncIterator[list[Socket]]:
    """A `chat.v1` socket in the room for each member, past the first frame."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(joined(room, it)) for it in members]
        for socket in sockets:
            await socket.events()
        yield sockets


async def next_event_of_all(*sockets: Socket) -> dict[str, Any]:
    """The next event of the sockets. Asserts that all receive the same one."""
    first, *others = [await socket.event() for socket in sockets]
    assert others == [first] * len(others)
    return first
