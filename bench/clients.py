"""The load generator's clients: thousands of sockets in one event loop.

picows, written in C, does the WebSocket work. Python does one dictionary look-up per frame.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.deliveries import Deliveries, Messages, Progress

TEXT_CHARACTERS = 110
ACK_CHANGES = 100  # docs/protocol.md: the most before an acknowledgement is due
HANDSHAKE_SECONDS = 60.0
CONNECTING_AT_ONCE = 100


class ServerProtocol(Protocol):
    """The frames of one kind of server."""

    subprotocol: str | None

    def path(self, room: str, after: int | None) -> str: ...

    def encode(self, number: int) -> bytes:
        """The frame that posts message `number`."""
        ...

    def decode(self, payload: bytes) -> Messages:
        """The messages in a frame."""
        ...

    def reply(self, payload: bytes) -> bytes | None:
        """The answer that a frame needs, such as a pong."""
        ...

    def joined_at(self, payload: bytes) -> int | None:
        """The room's index, if the frame says that the client has joined."""
        ...


def _text(number: int) -> str:
    return f"{number} ".ljust(TEXT_CHARACTERS, "x")


def _number(text: str) -> int:
    return int(text.partition(" ")[0])


class Plain:
    """`{"message": …}` in both directions: the tutorial's consumer and the echo servers."""

    subprotocol: str | None = None

    def path(self, room: str, after: int | None) -> str:
        return f"/ws/chat/{room}/"

    def encode(self, number: int) -> bytes:
        return msgspec.json.encode({"message": _text(number)})

    def decode(self, payload: bytes) -> Messages:
        return [(None, _number(msgspec.json.decode(payload)["message"]))]

    def reply(self, payload: bytes) -> bytes | None:
        return None

    def joined_at(self, payload: bytes) -> int | None:
        return None


class SocketIO(Plain):
    """Socket.IO over WebSocket: Engine.IO 4 handshake, pings and event frames."""

    def path(self, room: str, after: int | None) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&room={room}"

    def encode(self, number: int) -> bytes:
        return b"42" + msgspec.json.encode(["chat", _text(number)])

    def decode(self, payload: bytes) -> Messages:
        if not payload.startswith(b"42"):
            return []
        return [(None, _number(msgspec.json.decode(payload[2:])[1]))]

    def reply(self, payload: bytes) -> bytes | None:
        return {b"0": b"40", b"2": b"3"}.get(payload[:1])

    def joined_at(self, payload: bytes) -> int | None:
        return 0 if payload.startswith(b"40") else None


class ChatV1(Plain):
    """Lobby's `chat.v1`."""

    subprotocol: str | None = "chat.v1"

    def path(self, room: str, after: int | None) -> str:
        return f"/ws/chat/{room}/" if after is None else f"/ws/chat/{room}/?after={after}"

    def encode(self, number: int) -> bytes:
        frame = {"type": "message.send", "id": str(uuid4()), "text": _text(number)}
        return msgspec.json.encode(frame)

    def decode(self, payload: bytes) -> Messages:
        events = msgspec.json.decode(payload)
        refusals = [it for it in events if it["type"] == "error"]
        if refusals:
            raise RuntimeError(f"a post was refused: {refusals}")
        return [(it["version"], _number(it["text"])) for it in events if it["type"] == "message"]

    def joined_at(self, payload: bytes) -> int | None:
        hello = msgspec.json.decode(payload)[0]
        if hello["type"] != "hello":
            raise RuntimeError(f"the first event is not hello: {hello}")
        version: int = hello["version"]
        return version


class Client(WSListener):
    """One socket in a room."""

    def __init__(self, protocol: ServerProtocol, deliveries: Deliveries, after: int | None) -> None:
        self.protocol, self.deliveries, self.after = protocol, deliveries, after
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.progress: Progress | None = None  # None until the client has joined
        self.acknowledged = 0
        self.close_code: int | None = None  # 1006 if the server sent none
        self.in_flight: int | None = None  # number of this client's unconfirmed message
        self.on_confirmed: Callable[[], None] | None = None
        self.soft_frames: list[tuple[float, int]] = []  # without messages: (time, bytes)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        if type(self.protocol) is Plain:
            self._join(self.deliveries.last_index)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.perf_counter()
        if frame.msg_type != WSMsgType.TEXT:
            if frame.msg_type == WSMsgType.CLOSE:
                self.close_code = frame.get_close_code().value
                transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        if self.progress is None:
            self._receive_handshake(payload)
            return
        received = self.deliveries.receive(payload, self.progress, now)
        if not received.count:
            self.soft_frames.append((now, len(payload)))
            self._reply(payload)
            return
        if self.protocol.subprotocol and self.progress.index - self.acknowledged >= ACK_CHANGES:
            self.acknowledged = self.progress.index
            transport.send(WSMsgType.TEXT, b'{"type":"ack","version":%d}' % self.acknowledged)
        if self.in_flight in received.numbers and self.on_confirmed is not None:
            self.in_flight = None
            self.on_confirmed()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.close_code = self.close_code or 1006
        if not self.joined.done():
            self.joined.set_exception(ConnectionError(f"closed with {self.close_code}"))

    def post(self, number: int, receivers: int) -> None:
        """Send message `number`, which so many clients should receive."""
        self.in_flight = number
        self.deliveries.expect(number, time.perf_counter(), receivers)
        self.transport.send(WSMsgType.TEXT, self.protocol.encode(number))

    def stop_reading(self) -> None:
        self.transport.underlying_transport.pause_reading()

    def disconnect(self) -> None:
        self.transport.disconnect(graceful=False)

    def _receive_handshake(self, payload: bytes) -> None:
        self._reply(payload)
        index = self.protocol.joined_at(payload)
        if index is not None:
            self._join(index if self.after is None else self.after)

    def _reply(self, payload: bytes) -> None:
        if reply := self.protocol.reply(payload):
            self.transport.send(WSMsgType.TEXT, reply)

    def _join(self, index: int) -> None:
        self.progress = self.deliveries.add_client(index)
        self.acknowledged = index
        self.joined.set_result(None)


async def connect(
    url: str,
    protocol: ServerProtocol,
    deliveries: Deliveries,
    room: str,
    after: int | None = None,
    cookie: str = "",
) -> Client:
    """Connect a client and wait until it has joined. Raises OSError if the server refuses."""
    headers = [("Cookie", cookie)] if cookie else []
    if protocol.subprotocol:
        headers.append(("Sec-WebSocket-Protocol", protocol.subprotocol))
    client = Client(protocol, deliveries, after)
    await ws_connect(
        lambda: client,
        url + protocol.path(room, after),
        extra_headers=headers,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
    )
    await asyncio.wait_for(client.joined, HANDSHAKE_SECONDS)
    return client
