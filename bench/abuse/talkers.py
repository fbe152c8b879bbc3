"""The people who talk while a server is attacked: for them nothing may change."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import uuid4

from websockets.exceptions import ConnectionClosed

from bench.abuse.attack import Networks, Target
from chat.tests.support.clients import TIMEOUT_SECONDS, V1Client, v1

PAUSE_SECONDS = 0.7  # between two messages: within the rate of a member
RETRY_SECONDS = 0.2


@dataclass
class Said:
    """What came of the messages of all talkers in one phase."""

    messages: int = 0
    lost: int = 0
    repeated: int = 0
    out_of_order: int = 0
    refused: int = 0
    talkers_disconnected: int = 0
    talkers_unanswered: int = 0
    seconds: list[float] = field(default_factory=list)  # from sending to the confirmation
    cpu_seconds: list[float] = field(default_factory=list)  # that the server used meanwhile

    @property
    def problems(self) -> list[str]:
        kinds = ("lost", "repeated", "out_of_order", "refused")
        found = [f"{count} messages {kind}" for kind in kinds if (count := getattr(self, kind))]
        if self.talkers_disconnected:
            found.append(f"{self.talkers_disconnected} talkers disconnected")
        if self.talkers_unanswered:
            found.append(f"{self.talkers_unanswered} talkers waited {TIMEOUT_SECONDS} s in vain")
        return found if self.messages else [*found, "nothing was said"]

    def add_heard(self, texts: list[str], heard: list[str]) -> None:
        """Add the texts that somebody said, in this order, and what the listener received."""
        places = {text: place for place, text in enumerate(heard)}
        self.messages += len(texts)
        self.lost += sum(1 for text in texts if text not in places)
        self.repeated += len(heard) - len(places)
        order = [places[text] for text in texts if text in places]
        self.out_of_order += sum(1 for a, b in pairwise(order) if b < a)


class Talker:
    """A person with a listener, alone in a room."""

    def __init__(self, pid: int, speaker: V1Client, listener: V1Client) -> None:
        """`pid` is the server's."""
        self._pid, self._speaker, self._listener = pid, speaker, listener

    async def talk(self, said: Said, done: asyncio.Event, at_least: int) -> None:
        """Say one message after the other, at least so many, until it is done."""
        before, texts = len(self._listener.messages), list[str]()
        try:
            await self._talk(said, texts, done, at_least)
        except ConnectionClosed:
            said.talkers_disconnected += 1
        except TimeoutError:
            said.talkers_unanswered += 1
        said.add_heard(texts, self._listener.texts[before:])

    async def _talk(self, said: Said, texts: list[str], done: asyncio.Event, at_least: int) -> None:
        before = len(self._listener.messages)
        while not (done.is_set() and len(texts) >= at_least):
            texts.append(f"message {len(texts)}")
            started, cpu_started = time.perf_counter(), cpu_seconds(self._pid)
            await self._say(texts[-1], said)
            said.seconds.append(time.perf_counter() - started)
            said.cpu_seconds.append(cpu_seconds(self._pid) - cpu_started)
            await self._hear(before + len(texts))
            await _pause(done, PAUSE_SECONDS)

    async def _say(self, text: str, said: Said) -> None:
        """Send until it is confirmed, as docs/delivery.md tells clients to."""
        id = str(uuid4())
        while True:
            await self._speaker.send(type="message.send", id=id, text=text)
            await self._speaker.until(lambda: self._is_answered(id))
            if any(it["id"] == id for it in self._speaker.messages[-5:]):
                await acknowledge(self._speaker)
                return
            said.refused += 1
            self._speaker.events[:] = [it for it in self._speaker.events if it.get("id") != id]
            await asyncio.sleep(RETRY_SECONDS)

    def _is_answered(self, id: str) -> bool:
        return any(it.get("id") == id for it in self._speaker.events[-20:])

    async def _hear(self, messages: int) -> None:
        """Wait for so many messages, unless they are lost."""
        try:
            await self._listener.until(lambda: len(self._listener.messages) >= messages)
        except TimeoutError:
            pass
        await acknowledge(self._listener)


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process and all its threads, in nanoseconds' resolution."""
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3) makes this number


async def _pause(done: asyncio.Event, seconds: float) -> None:
    """Pause for so many seconds, and no longer than until it is done."""
    try:
        await asyncio.wait_for(done.wait(), seconds)
    except TimeoutError:
        pass


async def acknowledge(client: V1Client) -> None:
    if client.messages:
        await client.send(type="ack", version=client.messages[-1]["version"])


class Talkers:
    """All who talk, each in a room and a network of their own."""

    def __init__(self, talkers: Iterable[Talker]) -> None:
        self._talkers = list(talkers)

    async def talk(self, done: asyncio.Event, at_least: int) -> Said:
        said = Said()
        async with asyncio.TaskGroup() as tasks:
            for talker in self._talkers:
                tasks.create_task(talker.talk(said, done, at_least))
        return said

    async def talk_for(self, seconds: float, at_least: int) -> Said:
        done = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, done.set)
        return await self.talk(done, at_least)


@asynccontextmanager
async def talking(target: Target, count: int) -> AsyncIterator[Talkers]:
    """So many people, connected as long as the block lasts."""
    async with AsyncExitStack() as stack:
        talkers = []
        for _ in range(count):
            room, networks = f"quiet {uuid4().hex[:8]}", Networks(many=False)
            url = f"ws://127.0.0.1:{target.port}/ws/chat/{room.replace(' ', '%20')}/"
            speaker, listener = [
                await stack.enter_async_context(
                    v1(
                        url,
                        additional_headers={
                            "X-Forwarded-For": networks.next(),
                            "Cookie": target.new_cookie(),
                        },
                        open_timeout=TIMEOUT_SECONDS,
                        ping_interval=None,
                    )
                )
                for _ in range(2)
            ]
            talkers.append(Talker(target.pid, speaker, listener))
        yield Talkers(talkers)
