"""The attackers' WebSockets. picows is written in C, so that an attacker costs little CPU."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.abuse.attack import Tally, Target

HANDSHAKE_SECONDS = 30.0
ANSWER_SECONDS = 30.0
ERROR_CODE = re.compile(rb'"type":"error","code":"(\w+)"')
VERSION = re.compile(rb'"version":(\d+)')
ACK_CHANGES = 3  # of large messages: 256 KiB must not be exceeded


class AttackSocket(WSListener):
    """A `chat.v1` socket that counts refusals, and acknowledges what it receives."""

    transport: WSTransport

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.events = 0  # answers: errors, and messages
        self._arrived = asyncio.Event()
        self.joined = asyncio.get_running_loop().create_future()
        self.closed = asyncio.get_running_loop().create_future()
        self.version = self._acknowledged = 0
        self.is_leaving = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self._receive(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            if not self.is_leaving:
                self._tally.refused[f"close {frame.get_close_code().value}"] += 1
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        for future in (self.joined, self.closed):
            if not future.done():
                future.set_result(None)
        self._arrived.set()

    def _receive(self, payload: bytes) -> None:
        errors, versions = ERROR_CODE.findall(payload), VERSION.findall(payload)
        self._tally.refused.update(it.decode() for it in errors)
        self.events += len(errors) + len(versions)
        if versions:
            self.version = max(self.version, int(versions[-1]))
            if self.version - self._acknowledged >= ACK_CHANGES:
                self._acknowledged = self.version
                self.send(type="ack", version=self.version)
        if not self.joined.done():
            self.joined.set_result(None)
        self._arrived.set()

    def send(self, **frame: Any) -> None:
        self.send_text(json.dumps(frame, ensure_ascii=False).encode())

    def send_text(self, text: bytes) -> None:
        self.transport.send(WSMsgType.TEXT, text)

    def say(self, text: str) -> None:
        self.send(type="message.send", id=str(uuid4()), text=text)

    async def until_answered(self, events: int) -> None:
        """Wait for so many answers, or the close."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while self.events < events and not self.closed.done():
                    self._arrived.clear()
                    await self._arrived.wait()


@asynccontextmanager
async def connected(
    target: Target, tally: Tally, room: str, network: str, cookie: str = ""
) -> AsyncIterator[AttackSocket]:
    """A socket in a room, from a network. Raises GONE if the server refuses."""
    headers = [("Sec-WebSocket-Protocol", "chat.v1"), ("X-Forwarded-For", network)]
    if cookie:
        headers.append(("Cookie", cookie))
    attacker = AttackSocket(tally)
    await ws_connect(
        lambda: attacker,
        f"ws://127.0.0.1:{target.port}/ws/chat/{quote(room)}/",
        extra_headers=headers,
        websocket_handshake_timeout=HANDSHAKE_SECONDS,
    )
    try:
        await asyncio.wait_for(asyncio.shield(attacker.joined), HANDSHAKE_SECONDS)
        yield attacker
    finally:
        attacker.is_leaving = True
        attacker.transport.disconnect(graceful=False)
