"""Scenarios of many small rooms: rooms of ten and of two, and entering rooms."""

import asyncio
import time
from typing import Any

from bench.clients import CONNECTING_AT_ONCE
from bench.load import LoadGenerator, load_generator
from bench.scenarios import ROOM, Rows, Scale, join_as, measure_quiet
from bench.targets import Running


def many_rooms(running: Running, scale: Scale) -> Rows:
    """Rooms of ten: messages in one room, alone and among idle rooms; then in all rooms."""
    return _rooms_of(10, running, scale, rooms=scale.rooms, few=1, talking=scale.rooms)


def rooms_of_two(running: Running, scale: Scale) -> Rows:
    """Rooms of two: messages in one room, among few and many idle rooms; then in half of them."""
    few = max(scale.pairs // 200, 2)
    return _rooms_of(2, running, scale, rooms=scale.pairs, few=few, talking=scale.pairs // 2)


async def _rooms_of(
    size: int, running: Running, scale: Scale, *, rooms: int, few: int, talking: int
) -> Rows:
    names = [f"{ROOM}{number}" for number in range(rooms)]
    async with load_generator(running) as load:
        for open_rooms, new in ((few, names[:few]), (rooms, names[few:])):
            for name in new:
                await load.join(name, size)
            case = "alone" if open_rooms == 1 else f"among {open_rooms}"
            yield f"a room of {size}, {case}", await measure_quiet(load, names[0], scale)
        async with load.measured() as measurements:
            await load.send_concurrently(names[:talking], 1, scale.seconds)
        yield f"{talking} rooms of {size}", measurements[0].as_dict()


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
