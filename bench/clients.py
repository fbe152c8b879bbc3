"""The load generator's people: thousands of sockets in one event loop.

The WebSocket work is picows', in C; what is left to Python is one dictionary look-up a frame.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.ledger import Arrivals, Ledger, Place

TEXT_CHARACTERS = 110
ACK_CHANGES = 100  # docs/protocol.md: at least this often
HANDSHAKE_SECONDS = 60.0
CONNECTING_AT_ONCE = 100


class Dialect(Protocol):
    """How to speak with one kind of server."""

    subprotocol: str | None

    def address(self, room: str, after: int | None) -> str: ...
    def post(self, number: int) -> bytes: ...
    def read(self, payload: bytes) -> Arrivals: ...
    def answer(self, payload: bytes) -> bytes | None: ...
    def entered(self, payload: bytes) -> int | None: ...


def _text(number: int) -> str:
    return f"{number} ".ljust(TEXT_CHARACTERS, "x")


def _number(text: str) -> int:
    return int(text.partition(" ")[0])


class Plain:
    """`{"message": …}` both ways: the tutorial's consumer, and every server that echoes."""

    subprotocol: str | None = None

    def address(self, room: str, after: int | None) -> str:
        return f"/ws/chat/{room}/"

    def post(self, number: int) -> bytes:
        return msgspec.json.encode({"message": _text(number)})

    def read(self, payload: bytes) -> Arrivals:
        return [(None, _number(msgspec.json.decode(payload)["message"]))]

    def answer(self, payload: bytes) -> bytes | None:
        return None

    def entered(self, payload: bytes) -> int | None:
        return None


class SocketIO(Plain):
    """Engine.IO 4 over a WebSocket: its own handshake, pings and event frames."""

    def address(self, room: str, after: int | None) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&room={room}"

    def post(self, number: int) -> bytes:
        return b"42" + msgspec.json.encode(["chat", _text(number)])

    def read(self, payload: bytes) -> Arrivals:
        if not payload.startswith(b"42"):
            return []
        return [(None, _number(msgspec.json.decode(payload[2:])[1]))]

    def answer(self, payload: bytes) -> bytes | None:
        return {b"0": b"40", b"2": b"3"}.get(payload[:1])

    def entered(self, payload: bytes) -> int | None:
        return 0 if payload.startswith(b"40") else None


class ChatV1(Plain):
    """Lobby's own."""

    subprotocol: str | None = "chat.v1"

    def address(self, room: str, after: int | None) -> str:
        return f"/ws/chat/{room}/" if after is None else f"/ws/chat/{room}/?after={after}"

    def post(self, number: int) -> bytes:
        frame = {"type": "message.send", "id": str(uuid4()), "text": _text(number)}
        return msgspec.json.encode(frame)

    def read(self, payload: bytes) -> Arrivals:
        events = msgspec.json.decode(payload)
        refusals = [it for it in events if it["type"] == "error"]
        if refusals:
            raise RuntimeError(f"a post was refused: {refusals}")
        return [(it["version"], _number(it["text"])) for it in events if it["type"] == "message"]

    def entered(self, payload: bytes) -> int | None:
        hello = msgspec.json.decode(payload)[0]
        if hello["type"] != "hello":
            raise RuntimeError(f"not a greeting: {hello}")
        version: int = hello["version"]
        return version


class Person(WSListener):
    """One socket in a room."""

    def __init__(self, dialect: Dialect, ledger: Ledger, after: int | None) -> None:
        self.dialect, self.ledger, self.after = dialect, ledger, after
        self.in_room: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.place: Place | None = None  # once in the room
        self.acknowledged = 0
        self.closed: int | None = None  # the close code; 1006 where there was none
        self.own: int | None = None  # the message under way
        self.on_own: Callable[[], None] | None = None
        self.asides: list[tuple[float, int]] = []  # frames without messages: when, and their bytes

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        if type(self.dialect) is Plain:
            self._enter(self.ledger.last_index)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.perf_counter()
        if frame.msg_type != WSMsgType.TEXT:
            if frame.msg_type == WSMsgType.CLOSE:
                self.closed = frame.get_close_code().value
                transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        if self.place is None:
            self._open(payload)
            return
        batch = self.ledger.take(payload, self.place, now)
        if not batch.count:
            self.asides.append((now, len(payload)))
            self._answer(payload)
            return
        if self.dialect.subprotocol and self.place.index - self.acknowledged >= ACK_CHANGES:
            self.acknowledged = self.place.index
            transport.send(WSMsgType.TEXT, b'{"type":"ack","version":%d}' % self.acknowledged)
        if self.own in batch.numbers and self.on_own is not None:
            self.own = None
            self.on_own()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed = self.closed or 1006
        if not self.in_room.done():
            self.in_room.set_exception(ConnectionError(f"closed with {self.closed}"))

    def say(self, number: int, receivers: int) -> None:
        """Send message `number`, which so many are to get."""
        self.own = number
        self.ledger.expect(number, time.perf_counter(), receivers)
        self.transport.send(WSMsgType.TEXT, self.dialect.post(number))

    def stall(self) -> None:
        """Read nothing from now on."""
        self.transport.underlying_transport.pause_reading()

    def leave(self) -> None:
        self.transport.disconnect(graceful=False)

    def _open(self, payload: bytes) -> None:
        self._answer(payload)
        version = self.dialect.entered(payload)
        if version is not None:
            self._enter(version if self.after is None else self.after)

    def _answer(self, payload: bytes) -> None:
        if answer := self.dialect.answer(payload):
            self.transport.send(WSMsgType.TEXT, answer)

    def _enter(self, index: int) -> None:
        self.place = self.ledger.arrive(index)
        self.acknowledged = index
        self.in_room.set_result(None)


async def connect(
    url: str,
    dialect: Dialect,
    ledger: Ledger,
    room: str,
    after: int | None = None,
    cookie: str = "",
) -> Person:
    """Somebody who is in the room. Raises OSError where the server will not have them."""
    headers = [("Cookie", cookie)] if cookie else []
    if dialect.subprotocol:
        headers.append(("Sec-WebSocket-Protocol", dialect.subprotocol))
    person = Person(dialect, ledger, after)
    await ws_connect(
        lambda: person,
        url + dialect.address(room, after),
        extra_headers=headers,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
    )
    await asyncio.wait_for(person.in_room, HANDSHAKE_SECONDS)
    return person
