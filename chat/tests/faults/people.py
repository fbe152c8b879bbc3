"""People who talk and listen whatever happens, and write down what they saw.

They are clients as docs/protocol.md describes them: they reconnect with their cursor, resend what
was not confirmed under the same id, and acknowledge.
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
ANSWER_SECONDS = 8.0  # without one, a connection is taken for dead
ALTERED = 0.1  # of the messages are edited, deleted or reacted to later
PAUSE_SECONDS = 0.02  # between two messages of a sender
Address = Callable[[int], str]  # where to connect, to resume after that version
AWAY = (OSError, WebSocketException, TimeoutError, asyncio.TimeoutError)


@dataclass
class Record:
    """What one person was sent."""

    states: dict[int, dict[str, Any]] = field(default_factory=dict)  # by seq
    asked_again: set[int] = field(default_factory=set)  # seqs: an answer may come for these
    cursor: int = 0
    since: int = 0  # a seq: everything from here on must be known
    deliveries: int = 0
    repeated: int = 0
    out_of_order: int = 0
    connections: int = 0
    thrown_back: int = 0  # times it was told to start over, from less than 500 changes behind

    def take(self, message: dict[str, Any]) -> None:
        self.deliveries += 1
        known = self.states.get(message["seq"])
        if known and known["version"] == message["version"]:
            self.repeated += message["seq"] not in self.asked_again
        elif message["version"] <= self.cursor:
            self.out_of_order += message["seq"] not in self.asked_again
        self.cursor = max(self.cursor, message["version"])
        self.states[message["seq"]] = message

    def restart(self, page: list[dict[str, Any]], version: int) -> None:
        self.thrown_back += self.cursor > 0 and version - self.cursor <= RESUME_CHANGES
        self.since = min((message["seq"] for message in page), default=0)
        self.states = {message["seq"]: message for message in page}
        self.deliveries += len(page)
        self.cursor = version


class Listener:
    """Somebody who stays in the room."""

    def __init__(self, address: Address, chance: random.Random, cookie: str) -> None:
        self.record = Record()
        self._cookie = cookie
        self._address = address
        self._chance = chance

    async def stay(self) -> None:
        """Be connected, for ever."""
        while True:
            try:
                await self._visit()
            except AWAY:
                await asyncio.sleep(self._chance.uniform(0.05, 0.5))

    async def _visit(self) -> None:
        url = self._address(self.record.cursor)
        async with connect(
            url,
            subprotocols=[Subprotocol("chat.v1")],
            additional_headers={"Cookie": self._cookie},
            open_timeout=5,
            close_timeout=1,
        ) as socket:
            self.record.connections += 1
            await self._converse(socket)

    async def _converse(self, socket: ClientConnection) -> None:
        await self._hear(socket)

    async def _hear(self, socket: ClientConnection) -> None:
        unacknowledged = 0
        async for data in socket:
            events = json.loads(data)
            messages = [event for event in events if event["type"] == "message"]
            if events[0]["type"] == "hello" and not events[0]["resumed"]:
                self.record.restart(messages, events[0]["version"])
                self._noticed(messages)
                continue
            for message in messages:
                self._take(message)
            for event in events:
                if event["type"] == "error":
                    self._refused(event)
            unacknowledged += len(messages)
            if unacknowledged >= ACK_CHANGES:
                await socket.send(json.dumps({"type": "ack", "version": self.record.cursor}))
                unacknowledged = 0

    def _take(self, message: dict[str, Any]) -> None:
        self.record.take(message)
        self._noticed([message])

    def _noticed(self, messages: list[dict[str, Any]]) -> None:
        pass

    def _refused(self, error: dict[str, Any]) -> None:
        pass


class Talker(Listener):
    """Somebody who also talks: one message after the other, each until it is confirmed."""

    def __init__(self, name: str, address: Address, chance: random.Random, cookie: str) -> None:
        super().__init__(address, chance, cookie)
        self.name = name
        self.confirmed: dict[str, int] = {}  # id → seq
        self.refusals = 0
        self.is_done = False
        self._waiting: dict[str, Any] | None = None  # the message that is not confirmed
        self._news = asyncio.Event()

    @property
    def is_quiet(self) -> bool:
        """Whether it has stopped, and everything it wrote is confirmed."""
        return self.is_done and self._waiting is None

    async def _converse(self, socket: ClientConnection) -> None:
        hearing = asyncio.create_task(self._hear(socket))
        talking = asyncio.create_task(self._talk(socket))
        try:
            await asyncio.wait([hearing, talking], return_when=asyncio.FIRST_COMPLETED)
        finally:
            hearing.cancel()
            talking.cancel()
            await asyncio.gather(hearing, talking, return_exceptions=True)

    async def _talk(self, socket: ClientConnection) -> None:
        """Until the connection fails, or does not answer."""
        while True:
            self._waiting = self._waiting or self._write()
            if self._waiting:
                await self._until_confirmed(socket, self._waiting)
            if self.confirmed and not self.is_done and self._chance.random() < ALTERED:
                await socket.send(json.dumps(self._alteration()))
            await asyncio.sleep(self._chance.uniform(0, 2 * PAUSE_SECONDS))

    def _write(self) -> dict[str, Any] | None:
        if self.is_done:
            return None
        id = str(UUID(int=self._chance.getrandbits(128), version=4))
        return {"type": "message.send", "id": id, "text": f"{self.name} {len(self.confirmed)}"}

    def _alteration(self) -> dict[str, Any]:
        seq = self._chance.choice(list(self.confirmed.values()))
        self.record.asked_again.add(seq)  # what is deleted already is answered with the tombstone
        kind = self._chance.choice(["delete", "edit", "react"])
        if kind == "delete":
            return {"type": "message.delete", "seq": seq}
        if kind == "react":
            on = self._chance.random() < 0.7
            return {"type": "message.react", "seq": seq, "emoji": "👍", "on": on}
        return {"type": "message.edit", "seq": seq, "text": f"edited {self._chance.random()}"}

    async def _until_confirmed(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        while self._waiting is frame:
            self._news.clear()
            await socket.send(json.dumps(frame))  # perhaps again: the same id
            await asyncio.wait_for(self._news.wait(), ANSWER_SECONDS)
            if self._waiting is frame:  # refused, for now
                await asyncio.sleep(self._chance.uniform(0.2, 0.6))

    def _noticed(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if self._waiting and message["id"] == self._waiting["id"]:
                self.confirmed[message["id"]] = message["seq"]
                self._waiting = None
                self._news.set()

    def _refused(self, error: dict[str, Any]) -> None:
        if self._waiting and error["id"] == self._waiting["id"]:
            self.refusals += 1
            self._news.set()
