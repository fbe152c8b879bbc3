"""The scenarios: each drives one target and yields (case, figures) pairs."""

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

from bench.clients import Client, connect
from bench.deliveries import Deliveries
from bench.load import LoadGenerator, load_generator, message_numbers
from bench.machine import BusyPoller
from bench.targets import Running
from chat.tests.support.bulk_messages import bulk_message_sql

Rows = AsyncIterator[tuple[str, dict[str, Any]]]  # (case, figures)
Scenario = Callable[[Running, "Scale"], Rows]

ROOM = "bench"
STALLED_ONE_IN = 10


@dataclass(frozen=True)
class Scale:
    """Durations and sizes."""

    warm_up_seconds: float = 1.0
    seconds: float = 3.0
    clients: int = 500
    sizes: tuple[int, ...] = (2, 50, 2_000)
    storm: int = 2_000
    rooms: int = 200
    pairs: int = 2_000  # rooms of two; in half of them somebody talks at once
    history: int = 1_000_000
    uploads: int = 200  # files on their way at once
    programs: int = 100


QUICK = Scale(
    0.2,
    0.5,
    clients=20,
    sizes=(2, 10),
    storm=50,
    rooms=5,
    pairs=8,
    history=2_000,
    uploads=8,
    programs=5,
)


async def quiet_and_busy(running: Running, scale: Scale) -> Rows:
    """One room: one message at a time (quiet), then 50 concurrent senders (busy)."""
    async with load_generator(running) as load:
        await load.join(ROOM, scale.clients)
        yield f"quiet, {scale.clients}", await measure_quiet(load, ROOM, scale)
        await load.send_concurrently([ROOM], 50, scale.warm_up_seconds)
        await load.wait_until_delivered()
        async with load.measured() as measurements:
            await load.send_concurrently([ROOM], 50, scale.seconds)
        yield f"busy, {scale.clients}", measurements[0].as_dict()


async def room_sizes(running: Running, scale: Scale) -> Rows:
    """One message at a time in rooms of several sizes; memory per connection."""
    for size in scale.sizes:
        async with load_generator(running) as load:
            room = f"{ROOM}{size}"
            before = running.usage().memory_bytes
            await load.join(room, size)
            await asyncio.sleep(0.5)
            memory = (running.usage().memory_bytes - before) / size
            figures = await measure_quiet(load, room, scale)
            figures["kib_per_connection"] = memory / 1024
            figures["connects_per_second"] = size / load.connect_seconds
            yield f"quiet, {size}", figures


async def reconnect_storm(running: Running, scale: Scale) -> Rows:
    """All clients reconnect at once, 100 messages behind, while others send."""
    async with load_generator(running) as load:
        cookies = [running.cookie() for _ in range(scale.storm)]
        senders = await load.join(ROOM, 10)
        first_visit = LoadGenerator(running)
        limit = asyncio.Semaphore(100)
        await asyncio.gather(*(join_as(first_visit, ROOM, cookie, limit) for cookie in cookies))
        first_visit.disconnect()
        await asyncio.sleep(1)
        deliveries = load.deliveries_in(ROOM)
        cursor = deliveries.last_index
        for _ in range(100):
            senders[0].post(next(message_numbers), len(senders))
            await load.wait_until_delivered()

        before, start = running.usage(), time.perf_counter()
        sending = asyncio.create_task(load.send_concurrently([ROOM], 5, 4 * scale.seconds))
        after = cursor if running.protocol.subprotocol else None
        attempts = [
            connect(running.url(n), running.protocol, deliveries, ROOM, after, cookie)
            for n, cookie in enumerate(cookies)
        ]
        results = await asyncio.gather(*attempts, return_exceptions=True)
        join_seconds = time.perf_counter() - start
        joined = [it for it in results if isinstance(it, Client)]
        load.clients[ROOM] += joined
        complete = await _wait_until_received(joined, deliveries.last_index)
        complete_seconds = time.perf_counter() - start
        await sending
        await load.wait_until_delivered()
        end = running.usage()
        yield (
            f"reconnect storm, {scale.storm}",
            {
                "seconds_until_all_joined": join_seconds,
                "seconds_until_all_complete": complete_seconds,
                "connects_per_second": len(joined) / join_seconds,
                "refused": len(results) - len(joined),
                "complete": complete,
                "lost": sum(len(it.progress.missing) for it in joined if it.progress),
                "repeated": deliveries.repeated,
                "cpu_seconds": end.cpu_seconds - before.cpu_seconds,  # includes the sending
                "memory_growth_mib": (end.memory_bytes - before.memory_bytes) / 2**20,
            },
        )


async def simultaneous_joins(running: Running, scale: Scale) -> Rows:
    """All clients join at once: the soft frames (presence) that each receives."""
    async with load_generator(running) as load:
        cookies = [running.cookie() for _ in range(scale.storm)]
        before, start = running.usage(), time.perf_counter()
        deliveries = load.deliveries_in(ROOM)
        attempts = [
            connect(running.url(n), running.protocol, deliveries, ROOM, None, cookie)
            for n, cookie in enumerate(cookies)
        ]
        joined = await asyncio.gather(*attempts)
        load.clients[ROOM] = joined
        seconds = time.perf_counter() - start
        await asyncio.sleep(2 * scale.seconds)
        soft_frames = [it.soft_frames for it in joined]
        yield (
            f"simultaneous joins, {scale.storm}",
            {
                "seconds": seconds,
                "cpu_seconds": running.usage().cpu_seconds - before.cpu_seconds,
                "soft_frames_per_client": statistics.mean(len(it) for it in soft_frames),
                "peak_soft_frames_per_second": max(_peak_per_second(it) for it in soft_frames),
                "soft_kib_per_client": statistics.mean(
                    sum(size for _, size in it) for it in soft_frames
                )
                / 1024,
            },
        )


def _peak_per_second(frames: list[tuple[float, int]]) -> int:
    times = [at for at, _ in frames]
    return max((bisect_right(times, at + 1) - n for n, at in enumerate(times)), default=0)


async def stalled_readers(running: Running, scale: Scale) -> Rows:
    """The same load twice: all clients read; then one in ten has stopped reading."""
    async with load_generator(running) as load:
        clients = await load.join(ROOM, scale.clients)
        await load.send_concurrently([ROOM], 10, scale.warm_up_seconds)
        await load.wait_until_delivered()
        async with load.measured() as measurements:
            await load.send_concurrently([ROOM], 10, 2 * scale.seconds)
        yield "all clients read", measurements[0].as_dict()
        stalled = clients[10::STALLED_ONE_IN]
        deliveries = load.deliveries_in(ROOM)
        for client in stalled:
            client.stop_reading()
            if client.progress:
                deliveries.clients.remove(client.progress)
        load.clients[ROOM] = [it for it in clients if it not in stalled]
        await asyncio.sleep(0.2)
        memory = running.usage().memory_bytes
        async with load.measured() as measurements:
            await load.send_concurrently([ROOM], 10, 2 * scale.seconds)
        row = measurements[0].as_dict()
        row["memory_growth_mib"] = (running.usage().memory_bytes - memory) / 2**20
        yield f"one in {STALLED_ONE_IN} stopped reading", row
        for client in stalled:
            client.disconnect()


async def history(running: Running, scale: Scale) -> Rows:
    """A short and a long history: the first page, a deep page, a resume from 400 behind."""
    for length in (1_000, scale.history):
        room = f"{ROOM}{length}"
        async with load_generator(running) as load:
            await load.join(room, 1)
        await asyncio.to_thread(insert_history, running, room, length)
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


# --- steps --------------------------------------------------------------------------------------


async def measure_quiet(load: LoadGenerator, room: str, scale: Scale) -> dict[str, Any]:
    await load.send_in_turn(room, scale.warm_up_seconds)
    async with load.measured() as measurements:
        await load.send_in_turn(room, scale.seconds)
    return measurements[0].as_dict()


async def join_as(load: LoadGenerator, room: str, cookie: str, limit: asyncio.Semaphore) -> None:
    async with limit:
        await load.join(room, 1, cookie=cookie)


async def _wait_until_received(clients: list[Client], index: int) -> int:
    """How many clients receive everything up to `index` within half a minute."""
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        complete = sum(1 for it in clients if it.progress and it.progress.index >= index)
        if complete == len(clients):
            break
        await asyncio.sleep(0.001)
    return complete


async def _median_ms(request: Callable[[], Awaitable[None]], times: int = 50) -> float:
    latencies = []
    for _ in range(times):
        start = time.perf_counter()
        await request()
        latencies.append(time.perf_counter() - start)
    return statistics.median(latencies) * 1e3


def _fetch(address: str) -> None:
    with urlopen(address) as answer:
        if len(json.load(answer)["messages"]) != 50:
            raise RuntimeError(f"not a page of 50 messages: {address}")


async def _first_page(running: Running, room: str) -> None:
    client = await connect(running.url(0), running.protocol, _new_deliveries(running), room)
    client.disconnect()


async def _resume(running: Running, room: str, after: int) -> None:
    deliveries = _new_deliveries(running)
    client = await connect(running.url(0), running.protocol, deliveries, room, after)
    await _wait_until_received([client], after + 400)
    client.disconnect()
    if deliveries.count != 400:
        raise RuntimeError(f"received {deliveries.count} changes, not 400")


def _new_deliveries(running: Running) -> Deliveries:
    return Deliveries(running.protocol.decode, BusyPoller.of_running_loop())


def insert_history(running: Running, room: str, length: int) -> None:
    if running.database:
        with psycopg.connect(running.database) as connection:
            for statement in bulk_message_sql("postgresql", room, length):
                connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(running.data_dir / "lobby.sqlite3", timeout=60)) as file, file:
        for statement in bulk_message_sql("sqlite", room, length):
            file.execute(statement)
