"""Scenarios of programs: how many changes they get, and what those that wait cost people."""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from bench.load import LoadGenerator, load_generator
from bench.scenarios import ROOM, Rows, Scale
from bench.targets import Running
from chat.tests.support.servers import ROOT, environment

SENDERS = 10  # of messages, each with one in flight
TURNS = 2  # each way to wait is measured so often: the machine changes its speed
WAIT_SECONDS = 60  # that an idle request waits, before it asks again
IDLE_SHARE = 0.05  # of a core
CURSOR = "bench"

# Bots with a token each: in a room of their own, and in one in which people talk.
PREPARE = """
import json
from chat.models import Bot, Room, RoomName, Scope, Token
talking = Room.objects.ensure(RoomName.parse({room!r}))
made = []
for number in range({count}):
    bot = Bot.objects.make(f"bench {{number}}", None).member
    rooms = Room.objects.ensure(RoomName.parse(f"{room} of {{number}}")), talking
    tokens = [Token.objects.make(bot, bot, "bench", [Scope.READ], [it]) for it in rooms]
    made.append([secret for _, secret in tokens])
print(json.dumps(made))
"""


Way = Callable[["Program"], Coroutine[Any, Any, None]]  # what a program does all the time


class Answer(msgspec.Struct):
    changes: list[msgspec.Raw]
    positions: msgspec.Raw


@dataclass
class Program:
    """A program with one connection, which it keeps."""

    port: int
    token: str
    changes: int = 0

    async def follow(self, cursor: str) -> None:
        """Take what changes, and acknowledge it, for ever."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                asked = self._request("GET", f"/changes?cursor={cursor}&wait={WAIT_SECONDS}")
                answer = msgspec.json.decode(await _ask(reader, writer, asked), type=Answer)
                self.changes += len(answer.changes)
                if answer.changes:
                    body = b'{"positions":%s}' % bytes(answer.positions)
                    await _ask(
                        reader, writer, self._request("POST", f"/changes/{cursor}/ack", body)
                    )
        finally:
            writer.close()

    async def begin(self, cursor: str) -> None:
        """Ask once: the cursor begins."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await _ask(reader, writer, self._request("GET", f"/changes?cursor={cursor}"))
        writer.close()

    async def wait(self, cursor: str) -> None:
        """Wait for a change, again and again, as programs that began at different times."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        seconds = random.randint(1, WAIT_SECONDS)
        try:
            while True:
                asked = self._request("GET", f"/changes?cursor={cursor}&wait={seconds}")
                await _ask(reader, writer, asked)
                seconds = WAIT_SECONDS
        finally:
            writer.close()

    async def stream(self, cursor: str) -> None:
        """Read a stream of server-sent events."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            asked = self._request("GET", f"/changes?cursor={cursor}", accept="text/event-stream")
            writer.write(asked)
            while await reader.read(65_536):
                pass
        finally:
            writer.close()

    def _request(
        self, method: str, path: str, body: bytes = b"", accept: str = "application/json"
    ) -> bytes:
        head = [
            f"{method} /api/v1{path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self.token}",
            f"Accept: {accept}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + body


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """The body of the answer. Raises RuntimeError for a refusal."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
    length = next((int(it[16:]) for it in head if it.startswith("content-length: ")), 0)
    body = await reader.readexactly(length)
    if not head[0].startswith("http/1.1 20"):
        raise RuntimeError(f"{head[0]}: {body.decode()}")
    return body


async def programs(running: Running, scale: Scale) -> Rows:
    """Programs that follow a busy room; and a busy room beside programs that wait elsewhere."""
    tokens = await asyncio.to_thread(_prepare, running, scale.programs)
    async with load_generator(running) as load:
        await load.join(ROOM, SENDERS)
        followers = [Program(_port(running, n), it[1]) for n, it in enumerate(tokens)]
        yield f"{scale.programs} cursors in a busy room", await _follow(load, followers, scale)
    waiting = [Program(_port(running, n), it[0]) for n, it in enumerate(tokens)]
    ways: dict[str, Way | None] = {
        "no program": None,
        f"{scale.programs} idle long polls": lambda it: it.wait(CURSOR),
        f"{scale.programs} idle event streams": lambda it: it.stream(CURSOR),
    }
    async with load_generator(running) as load:
        await load.join(ROOM, scale.clients)
        await load.send_concurrently([ROOM], SENDERS, scale.warm_up_seconds)
        await load.wait_until_delivered()
        for _ in range(TURNS):
            for name, way in ways.items():
                async with _at_once(waiting, way):
                    await _idle(running)
                    async with load.measured() as measurements:
                        await load.send_concurrently([ROOM], SENDERS, 2 * scale.seconds)
                    figures = measurements[0].as_dict()
                yield f"busy beside {name}", figures


async def _follow(load: LoadGenerator, followers: list[Program], scale: Scale) -> dict[str, Any]:
    """People write as fast as they can, until all programs have got all of it."""
    for it in followers:
        await it.begin(CURSOR)
    before, start = load.running.usage(), time.perf_counter()
    async with _at_once(followers, lambda it: it.follow(CURSOR)) as tasks:
        async with load.measured() as measurements:
            await load.send_concurrently([ROOM], SENDERS, scale.seconds)
        messages = measurements[0].messages
        while min(it.changes for it in followers) < messages and not any(it.done() for it in tasks):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        seconds = time.perf_counter() - start
    changes = sum(it.changes for it in followers)
    cpu_seconds = load.running.usage().cpu_seconds - before.cpu_seconds
    return {
        "messages": messages,
        "changes_per_second": changes / seconds,
        "cpu_us_per_change": cpu_seconds / changes * 1e6,
        "repeated": changes - messages * len(followers),
        "server_busy": cpu_seconds / seconds,
    }


@asynccontextmanager
async def _at_once(some: list[Program], way: Way | None) -> AsyncIterator[list[asyncio.Task[None]]]:
    """The programs do this as long as the block lasts."""
    tasks = [asyncio.create_task(way(it)) for it in some] if way else []
    try:
        yield tasks
    finally:
        failed = [it.exception() for it in tasks if it.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if failed:
            raise RuntimeError(f"{len(failed)} programs ended: {failed[0]}")


async def _idle(running: Running) -> None:
    """The server has done what it was asked for: all programs wait."""
    busy = 1.0
    while busy > IDLE_SHARE:
        before = running.usage().cpu_seconds
        await asyncio.sleep(0.5)
        busy = (running.usage().cpu_seconds - before) / 0.5


def _port(running: Running, number: int) -> int:
    return running.ports[number % len(running.ports)]


def _prepare(running: Running, count: int) -> list[list[str]]:
    """For each program, a token for a room in which nobody talks, and one for the busy room."""
    settings = {"DATABASE_URL": running.database} if running.database else {}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", PREPARE.format(room=ROOM, count=count)],
        cwd=ROOT,
        env=environment(running.data_dir, **settings),
        check=True,
        capture_output=True,
        text=True,
    )
    tokens: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return tokens
