"""What is asked of the subjects: each scenario yields cases and their figures."""

import asyncio
import json
import sqlite3
import statistics
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.request import urlopen

import psycopg

from bench.clients import Person, connect
from bench.crowd import Crowd, crowd, numbers
from bench.ledger import Ledger
from bench.machine import Vigil
from bench.subjects import Running
from chat.tests.support.bulk_messages import bulk_message_sql

Rows = AsyncIterator[tuple[str, dict[str, Any]]]  # the case, its figures
Scenario = Callable[[Running, "Pace"], Rows]

ROOM = "bench"
STALLED_EACH = 10  # one reader in so many


@dataclass(frozen=True)
class Pace:
    """How long and how large; `quick` is for seeing that the bench works."""

    warm_up_seconds: float = 1.0
    talk_seconds: float = 3.0
    people: int = 500
    sizes: tuple[int, ...] = (2, 50, 2_000)
    storm: int = 2_000
    rooms: int = 200
    history: int = 1_000_000


QUICK = Pace(0.2, 0.5, people=20, sizes=(2, 10), storm=50, rooms=5, history=2_000)


async def quiet_and_busy(running: Running, pace: Pace) -> Rows:
    """One room: one message at a time; then 50 senders, each with one under way."""
    async with crowd(running) as people:
        await people.join(ROOM, pace.people)
        yield f"quiet, {pace.people}", await _quiet(people, ROOM, pace)
        await people.talk_at_once([ROOM], 50, pace.warm_up_seconds)
        await people.settle()
        async with people.measured() as figures:
            await people.talk_at_once([ROOM], 50, pace.talk_seconds)
        yield f"busy, {pace.people}", figures[0].as_dict()


async def sizes(running: Running, pace: Pace) -> Rows:
    """Quiet, in rooms small and large; the largest tells the memory of a connection."""
    for size in pace.sizes:
        async with crowd(running) as people:
            room = f"{ROOM}{size}"
            before = running.usage().memory_bytes
            await people.join(room, size)
            await asyncio.sleep(0.5)
            memory = (running.usage().memory_bytes - before) / size
            figures = await _quiet(people, room, pace)
            figures["kib_per_connection"] = memory / 1024
            figures["connects_per_second"] = size / people.connect_seconds
            yield f"quiet, {size}", figures


async def many_rooms(running: Running, pace: Pace) -> Rows:
    """Rooms of ten: one that talks alone, the same among many that listen, then all of them."""
    rooms = [f"{ROOM}{number}" for number in range(pace.rooms)]
    async with crowd(running) as people:
        await people.join(rooms[0], 10)
        yield "a room of 10, alone", await _quiet(people, rooms[0], pace)
        for room in rooms[1:]:
            await people.join(room, 10)
        yield f"a room of 10, among {pace.rooms}", await _quiet(people, rooms[0], pace)
        async with people.measured() as figures:
            await people.talk_at_once(rooms, 1, pace.talk_seconds)
        yield f"{pace.rooms} rooms of 10", figures[0].as_dict()


async def storm(running: Running, pace: Pace) -> Rows:
    """Everybody comes back at once, with cursors 100 behind, while the room talks."""
    async with crowd(running) as people:
        cookies = [running.cookie() for _ in range(pace.storm)]
        talkers = await people.join(ROOM, 10)
        first = Crowd(running)
        at_once = asyncio.Semaphore(100)
        await asyncio.gather(*(_visit(first, cookie, at_once) for cookie in cookies))
        first.leave()
        await asyncio.sleep(1)
        ledger = people.ledger(ROOM)
        since = ledger.last_index
        for _ in range(100):
            talkers[0].say(next(numbers), len(talkers))
            await people.settle()

        before, begun = running.usage(), time.perf_counter()
        talk = asyncio.create_task(people.talk_at_once([ROOM], 5, 4 * pace.talk_seconds))
        after = since if running.dialect.subprotocol else None
        attempts = [
            connect(running.url(n), running.dialect, ledger, ROOM, after, cookie)
            for n, cookie in enumerate(cookies)
        ]
        came = await asyncio.gather(*attempts, return_exceptions=True)
        in_room = time.perf_counter() - begun
        back = [it for it in came if isinstance(it, Person)]
        people.people[ROOM] += back
        target = ledger.last_index
        complete = await _reach(back, target)
        seconds = time.perf_counter() - begun
        await talk
        await people.settle()
        after_it = running.usage()
        yield (
            f"storm, {pace.storm}",
            {
                "seconds_until_all_are_in": in_room,
                "seconds_until_all_are_complete": seconds,
                "connects_per_second": len(back) / in_room,
                "refused": len(came) - len(back),
                "complete": complete,
                "lost": sum(len(it.place.missing) for it in back if it.place),
                "repeated": ledger.repeated,
                "cpu_seconds": after_it.cpu_seconds - before.cpu_seconds,  # the talk's too
                "memory_mib_more": (after_it.memory_bytes - before.memory_bytes) / 2**20,
            },
        )


async def arrivals(running: Running, pace: Pace) -> Rows:
    """Everybody comes at once: what each is told of the others, who are there at last."""
    async with crowd(running) as people:
        cookies = [running.cookie() for _ in range(pace.storm)]
        before, begun = running.usage(), time.perf_counter()
        ledger = people.ledger(ROOM)
        attempts = [
            connect(running.url(n), running.dialect, ledger, ROOM, None, cookie)
            for n, cookie in enumerate(cookies)
        ]
        there = await asyncio.gather(*attempts)
        people.people[ROOM] = there
        seconds = time.perf_counter() - begun
        await asyncio.sleep(2 * pace.talk_seconds)
        told = [it.asides for it in there]
        yield (
            f"arrivals, {pace.storm}",
            {
                "seconds": seconds,
                "cpu_seconds": running.usage().cpu_seconds - before.cpu_seconds,
                "asides_each": statistics.mean(len(it) for it in told),
                "most_asides_a_second": max(_most_within_a_second(it) for it in told),
                "aside_kib_each": statistics.mean(sum(size for _, size in it) for it in told)
                / 1024,
            },
        )


def _most_within_a_second(asides: list[tuple[float, int]]) -> int:
    times = [at for at, _ in asides]
    return max((bisect_right(times, at + 1) - n for n, at in enumerate(times)), default=0)


async def stall(running: Running, pace: Pace) -> Rows:
    """The same talk twice: everybody reads; one in ten has stopped reading."""
    async with crowd(running) as people:
        everybody = await people.join(ROOM, pace.people)
        await people.talk_at_once([ROOM], 10, pace.warm_up_seconds)
        await people.settle()
        async with people.measured() as figures:
            await people.talk_at_once([ROOM], 10, 2 * pace.talk_seconds)
        yield "everybody reads", figures[0].as_dict()
        stalled = everybody[10::STALLED_EACH]
        ledger = people.ledger(ROOM)
        for person in stalled:
            person.stall()
            if person.place:
                ledger.places.remove(person.place)
        people.people[ROOM] = [it for it in everybody if it not in stalled]
        await asyncio.sleep(0.2)
        memory = running.usage().memory_bytes
        async with people.measured() as figures:
            await people.talk_at_once([ROOM], 10, 2 * pace.talk_seconds)
        row = figures[0].as_dict()
        row["memory_mib_more"] = (running.usage().memory_bytes - memory) / 2**20
        yield f"one in {STALLED_EACH} reads nothing", row
        for person in stalled:
            person.leave()


async def history(running: Running, pace: Pace) -> Rows:
    """A long room beside a short one: the first page, a deep one, a resume from 400 behind."""
    for length in (1_000, pace.history):
        room = f"{ROOM}{length}"
        async with crowd(running) as people:
            await people.join(room, 1)
        await asyncio.to_thread(write_history, running, room, length)
        address = running.url(0).replace("ws:", "http:") + f"/chat/{room}/messages"
        yield (
            f"{length:,} messages",
            {
                "first_page_ms": await _median_ms(partial(_first_page, running, room)),
                "deep_page_ms": await _median_ms(
                    partial(asyncio.to_thread, _fetch, f"{address}?before=500")
                ),
                "resume_400_ms": await _median_ms(partial(_resume, running, room, length - 400)),
            },
        )


# --- parts --------------------------------------------------------------------------------------


async def _quiet(people: Crowd, room: str, pace: Pace) -> dict[str, Any]:
    await people.talk_in_turn(room, pace.warm_up_seconds)
    async with people.measured() as figures:
        await people.talk_in_turn(room, pace.talk_seconds)
    return figures[0].as_dict()


async def _visit(people: Crowd, cookie: str, at_once: asyncio.Semaphore) -> None:
    async with at_once:
        await people.join(ROOM, 1, cookie=cookie)


async def _reach(people: list[Person], index: int) -> int:
    """How many get there; gives up after half a minute."""
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        there = sum(1 for it in people if it.place and it.place.index >= index)
        if there == len(people):
            break
        await asyncio.sleep(0.001)
    return there


async def _median_ms(ask: Callable[[], Awaitable[None]], times: int = 50) -> float:
    waits = []
    for _ in range(times):
        begun = time.perf_counter()
        await ask()
        waits.append(time.perf_counter() - begun)
    return statistics.median(waits) * 1e3


def _fetch(address: str) -> None:
    with urlopen(address) as answer:
        if len(json.load(answer)["messages"]) != 50:
            raise RuntimeError(f"not a page: {address}")


async def _first_page(running: Running, room: str) -> None:
    ledger = Ledger(running.dialect.read, Vigil.here())
    (await connect(running.url(0), running.dialect, ledger, room)).leave()


async def _resume(running: Running, room: str, after: int) -> None:
    ledger = Ledger(running.dialect.read, Vigil.here())
    person = await connect(running.url(0), running.dialect, ledger, room, after)
    await _reach([person], after + 400)
    person.leave()
    if ledger.deliveries != 400:
        raise RuntimeError(f"{ledger.deliveries} changes, not 400")


def write_history(running: Running, room: str, length: int) -> None:
    if running.database:
        with psycopg.connect(running.database) as connection:
            for statement in bulk_message_sql("postgresql", room, length):
                connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(running.data_dir / "lobby.sqlite3", timeout=60)) as file, file:
        for statement in bulk_message_sql("sqlite", room, length):
            file.execute(statement)
