"""Clients that send and read through faults, and check every message they receive.

They follow docs/protocol.md: reconnect with their cursor, resend unconfirmed messages with the same
id, and acknowledge.
"""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

ACK_CHANGES = 50
RESUME_CHANGES = 500
ANSWER_SECONDS = 8.0  # after which a connection counts as dead
CHANGE_RATE = 0.1  # edits, deletions and reactions per message
PAUSE_SECONDS = 0.02  # mean, between two messages of a sender

ResumeUrl = Callable[[int], str]  # the URL to connect to, to resume after a version
CONNECTION_ERRORS = (OSError, WebSocketException, TimeoutError, asyncio.TimeoutError)


@dataclass
class Received:
    """The messages that one client received."""

    states: dict[int, dict[str, Any]] = field(default_factory=dict)  # by seq
    changed: set[int] = field(default_factory=set)  # seqs that the client asked to change
    cursor: int = 0
    first_seq: int = 0  # the client must have every message from here on
    deliveries: int = 0
    repeated: int = 0
    out_of_order: int = 0
    connections: int = 0
    resets: int = 0  # not resumed, although at most RESUME_CHANGES behind

    def add(self, message: dict[str, Any]) -> None:
        self.deliveries += 1
        known = self.states.get(message["seq"])
        if known and known["version"] == message["version"]:
            self.repeated += message["seq"] not in self.changed
        elif message["version"] <= self.cursor:
            self.out_of_order += message["seq"] not in self.changed
        self.cursor = max(self.cursor, message["version"])
        self.states[message["seq"]] = message

    def reset(self, page: list[dict[str, Any]], version: int) -> None:
        """Start again from the latest page, as after a `hello` that does not resume."""
        self.resets += self.cursor > 0 and version - self.cursor <= RESUME_CHANGES
        self.first_seq = min((message["seq"] for message in page), default=0)
        self.states = {message["seq"]: message for message in page}
        self.deliveries += len(page)
        self.cursor = version


class ReadingClient:
    """Stays connected to the room and reads."""

    def __init__(self, url: ResumeUrl, rng: random.Random, cookie: str) -> None:
        self.received = Received()
        self._cookie = cookie
        self._url = url
        self._rng = rng

    async def run(self) -> None:
        """Connect, and reconnect after errors, until cancelled."""
        while True:
            try:
                await self._connect()
            except CONNECTION_ERRORS:
                await asyncio.sleep(self._rng.uniform(0.05, 0.5))

    async def _connect(self) -> None:
        url = self._url(self.received.cursor)
        async with connect(
            url,
            subprotocols=[Subprotocol("chat.v1")],
            additional_headers={"Cookie": self._cookie},
            open_timeout=5,
            close_timeout=1,
        ) as socket:
            self.received.connections += 1
            await self._use(socket)

    async def _use(self, socket: ClientConnection) -> None:
        await self._receive(socket)

    async def _receive(self, socket: ClientConnection) -> None:
        unacknowledged = 0
        async for data in socket:
            events = json.loads(data)
            messages = [event for event in events if event["type"] == "message"]
            if events[0]["type"] == "hello" and not events[0]["resumed"]:
                self.received.reset(messages, events[0]["version"])
                self._on_messages(messages)
                continue
            for message in messages:
                self._add(message)
            for event in events:
                if event["type"] == "error":
                    self._on_error(event)
            unacknowledged += len(messages)
            if unacknowledged >= ACK_CHANGES:
                await socket.send(json.dumps({"type": "ack", "version": self.received.cursor}))
                unacknowledged = 0

    def _add(self, message: dict[str, Any]) -> None:
        self.received.add(message)
        self._on_messages([message])

    def _on_messages(self, messages: list[dict[str, Any]]) -> None:
        pass

    def _on_error(self, error: dict[str, Any]) -> None:
        pass


class SendingClient(ReadingClient):
    """Also sends messages, one at a time, each until it is confirmed."""

    def __init__(self, name: str, url: ResumeUrl, rng: random.Random, cookie: str) -> None:
        super().__init__(url, rng, cookie)
        self.name = name
        self.confirmed: dict[str, int] = {}  # id → seq
        self.refusals = 0
        self._stopped = False
        self._unconfirmed: dict[str, Any] | None = None
        self._answered = asyncio.Event()

    @property
    def is_finished(self) -> bool:
        """Whether sending has stopped and every message is confirmed."""
        return self._stopped and self._unconfirmed is None

    def stop_sending(self) -> None:
        self._stopped = True

    async def _use(self, socket: ClientConnection) -> None:
        receiving = asyncio.create_task(self._receive(socket))
        sending = asyncio.create_task(self._send(socket))
        try:
            await asyncio.wait([receiving, sending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            receiving.cancel()
            sending.cancel()
            await asyncio.gather(receiving, sending, return_exceptions=True)

    async def _send(self, socket: ClientConnection) -> None:
        """Send until the connection fails or a message is not answered in time."""
        while True:
            self._unconfirmed = self._unconfirmed or self._next_message()
            if self._unconfirmed:
                await self._send_until_confirmed(socket, self._unconfirmed)
            if self.confirmed and not self._stopped and self._rng.random() < CHANGE_RATE:
                await socket.send(json.dumps(self._random_change()))
            await asyncio.sleep(self._rng.uniform(0, 2 * PAUSE_SECONDS))

    def _next_message(self) -> dict[str, Any] | None:
        if self._stopped:
            return None
        id = str(UUID(int=self._rng.getrandbits(128), version=4))
        return {"type": "message.send", "id": id, "text": f"{self.name} {len(self.confirmed)}"}

    def _random_change(self) -> dict[str, Any]:
        seq = self._rng.choice(list(self.confirmed.values()))
        self.received.changed.add(seq)  # changing a deleted message is answered with its tombstone
        kind = self._rng.choice(["delete", "edit", "react"])
        if kind == "delete":
            return {"type": "message.delete", "seq": seq}
        if kind == "react":
            on = self._rng.random() < 0.7
            return {"type": "message.react", "seq": seq, "emoji": "👍", "on": on}
        return {"type": "message.edit", "seq": seq, "text": f"edited {self._rng.random()}"}

    async def _send_until_confirmed(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        while self._unconfirmed is frame:
            self._answered.clear()
            await socket.send(json.dumps(frame))  # a resend has the same id
            await asyncio.wait_for(self._answered.wait(), ANSWER_SECONDS)
            if self._unconfirmed is frame:  # refused: try again later
                await asyncio.sleep(self._rng.uniform(0.2, 0.6))

    def _on_messages(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if self._unconfirmed and message["id"] == self._unconfirmed["id"]:
                self.confirmed[message["id"]] = message["seq"]
                self._unconfirmed = None
                self._answered.set()

    def _on_error(self, error: dict[str, Any]) -> None:
        if self._unconfirmed and error["id"] == self._unconfirmed["id"]:
            self.refusals += 1
            self._answered.set()
