"""The journal's threads: one writes, several read."""

import asyncio
import threading

import pytest

from chat.journal import database

pytestmark = pytest.mark.django_db(transaction=True)


async def test_writes_run_one_after_the_other_on_one_thread() -> None:
    running: list[str] = []
    seen: set[tuple[str, int]] = set()

    def work() -> None:
        running.append("x")
        seen.add((threading.current_thread().name, len(running)))
        running.pop()

    await asyncio.gather(*(database.write(work) for _ in range(20)))
    assert len(seen) == 1


async def test_a_slow_write_does_not_hold_up_reads() -> None:
    gate = threading.Event()
    write = asyncio.create_task(database.write(gate.wait))
    try:
        assert await database.read(lambda: "read") == "read"
        assert not write.done()
    finally:
        gate.set()
    await write


async def test_urgent_writes_go_before_those_that_wait() -> None:
    gate = threading.Event()
    order: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(gate.wait))
        for name in ("visit 1", "visit 2"):
            tasks.create_task(database.write(order.append, name))
        for name in ("post 1", "post 2"):
            tasks.create_task(database.write_urgent(order.append, name))
        await asyncio.sleep(0)
        gate.set()
    assert order == ["post 1", "post 2", "visit 1", "visit 2"]


async def test_urgent_reads_go_before_those_that_wait() -> None:
    gate, *others = [threading.Event() for _ in range(database.READERS)]
    order: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        for it in (gate, *others):
            tasks.create_task(database.read(it.wait))
        page = tasks.create_task(database.read(order.append, "page"))
        tasks.create_task(database.read_urgent(order.append, "mentions"))
        await asyncio.sleep(0)
        gate.set()  # one thread is free
        await page
        for it in others:
            it.set()
    assert order == ["mentions", "page"]


async def test_work_that_is_no_longer_awaited_is_not_started() -> None:
    gate = threading.Event()
    done: list[str] = []
    writing = asyncio.create_task(database.write(gate.wait))
    abandoned = asyncio.create_task(database.write(done.append, "abandoned"))
    await asyncio.sleep(0)
    abandoned.cancel()
    await asyncio.sleep(0)
    gate.set()
    await writing
    await database.write(done.append, "next")
    assert done == ["next"]


async def test_an_error_reaches_who_asked_for_the_work() -> None:
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(fail)


async def test_reads_run_at_the_same_time() -> None:
    barrier = threading.Barrier(database.READERS)
    await asyncio.gather(*(database.read(barrier.wait, 30) for _ in range(database.READERS)))


async def test_a_flood_of_texts_to_format_delays_no_reads(transactional_db: None) -> None:
    gate = threading.Event()
    flood = database.READERS + database.FORMATTERS
    texts = [asyncio.create_task(database.format_text(gate.wait)) for _ in range(flood)]
    try:
        assert await database.read(lambda: "a visit") == "a visit"
    finally:
        gate.set()
    await asyncio.gather(*texts)
