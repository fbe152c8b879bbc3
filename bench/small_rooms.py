"""Scenarios of many small rooms: rooms of two, and entering rooms."""

import asyncio
import time
from typing import Any

from bench.clients import CONNECTING_AT_ONCE
from bench.load import LoadGenerator, load_generator
from bench.scenarios import ROOM, Rows, Scale, join_as, measure_quiet
from bench.targets import Running


async def rooms_of_two(running: Running, scale: Scale) -> Rows:
    """One conversation beside few and beside many open rooms; then one in each of the rooms."""
    rooms = [f"{ROOM}{number}" for number in range(scale.pairs)]
    talking, few = rooms[: scale.pairs // 2], max(scale.pairs // 200, 2)
    async with load_generator(running) as load:
        for room in rooms[:few]:
            await load.join(room, 2)
        yield f"a room of 2, among {few}", await measure_quiet(load, rooms[0], scale)
        for room in rooms[few:]:
            await load.join(room, 2)
        yield f"a room of 2, among {scale.pairs}", await measure_quiet(load, rooms[0], scale)
        async with load.measured() as measurements:
            await load.send_concurrently(talking, 1, scale.seconds)
        yield f"{len(talking)} rooms of 2", measurements[0].as_dict()


async def entering(running: Running, scale: Scale) -> Rows:
    """People enter: one room and many, for the first time and as guests who come back."""
    cookies = [running.cookie() for _ in range(scale.pairs)]
    for kind, rooms in (("one room", 1), ("many rooms", scale.pairs)):
        for people in ("new", "returning"):
            figures = await _enter(running, cookies, kind.replace(" ", ""), rooms)
            yield f"{people} people enter {kind}", figures


async def _enter(running: Running, cookies: list[str], room: str, rooms: int) -> dict[str, Any]:
    load, limit = LoadGenerator(running), asyncio.Semaphore(CONNECTING_AT_ONCE)
    names = [f"{room}{number % rooms}" for number in range(len(cookies))]
    before, start = running.usage(), time.perf_counter()
    await asyncio.gather(*(join_as(load, *it, limit) for it in zip(names, cookies, strict=True)))
    seconds = time.perf_counter() - start
    cpu_seconds = running.usage().cpu_seconds - before.cpu_seconds
    load.disconnect()
    await asyncio.sleep(1)  # the rooms close
    return {
        "connects_per_second": len(cookies) / seconds,
        "connects_per_cpu_second": len(cookies) / max(cpu_seconds, 0.01),
    }
