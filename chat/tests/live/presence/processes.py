"""Processes with the presence of a room, and clients that record what they get."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from chat.live.best_effort import BestEffortSender
from chat.live.presence.room_presence import (
    RoomPresence,
    Subscriber,
)
from chat.models import Member, Room
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.transport.channel_layer import LayerClient, LayerMessage

SOON = 2.0  # seconds: a change is shown by then, on other processes as well
ROOM = Room(pk=1, key="lobby", name="Lobby")
ALICE, BOB, CAROL = (Member(uid=uuid4(), name=name) for name in ("Alice", "Bob", "Carol"))


class Client:
    """A connected client: records the frames that it receives, with their times."""

    def __init__(self) -> None:
        self.frames: list[tuple[float, str]] = []
        self.is_behind = False
        self.sender = BestEffortSender(self._receive, lambda: self.is_behind)

    async def _receive(self, frame: str) -> None:
        self.frames.append((asyncio.get_running_loop().time(), frame))

    def events(self, type: str) -> list[dict[str, Any]]:
        events = [event for _, frame in self.frames for event in json.loads(frame)]
        return [event for event in events if event["type"] == type]

    @property
    def people(self) -> list[str]:
        """The names in the last presence event, sorted."""
        return sorted(person["name"] for person in self.events("presence")[-1]["people"])

    @property
    def typing(self) -> list[str]:
        """The names in the last typing event."""
        return [person["name"] for person in self.events("typing")[-1]["people"]]


class FakeLayer:
    """The channel layer between processes, each with a RoomPresence for the room."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.messages: list[LayerMessage] = []

    async def deliver(self, sender: "Process", message: LayerMessage) -> None:
        await asyncio.sleep(0.001)
        self.messages.append(message)
        for process in self.processes:
            if process is not sender and not process.is_deaf:
                process.room_presence.receive(json.loads(json.dumps(message)))


class Process(LayerClient):
    """One process with a RoomPresence for the room."""

    def __init__(self, layer: FakeLayer) -> None:
        super().__init__()
        self._layer = layer
        self.is_deaf = False  # receives no messages
        self.is_crashed = False  # sends no messages
        self.is_empty = False  # its last person has left
        self.room_presence = RoomPresence(ROOM, self, self._set_empty)
        layer.processes.append(self)

    def _set_empty(self) -> None:
        self.is_empty = True

    async def send(self, group: str, message: LayerMessage) -> None:
        assert group == ROOM.group
        if not self.is_crashed:
            await self._layer.deliver(self, message)

    def subscribe(self, member: Member) -> tuple[Client, Subscriber]:
        client = Client()
        return client, self.room_presence.subscribe(member, client.sender)


Story = Callable[[FakeLayer], Awaitable[None]]


def on_fake_clock(story: Story) -> Callable[[], None]:
    """Make the story a test that runs with a fake clock."""

    def test() -> None:
        async def run() -> None:
            await story(FakeLayer())

        run_with_fake_clock(run())

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


CROWD = 2_000


def crowd(length: int = CROWD) -> list[Member]:
    return [Member(uid=uuid4(), name="🦊" * 34 + f"{number:06}") for number in range(length)]
