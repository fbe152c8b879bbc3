"""The journal's threads: one writes, several read."""

import asyncio
import threading

import pytest

from chat.journal import threads

pytestmark = pytest.mark.django_db(transaction=True)


async def test_writes_run_one_after_the_other_on_one_thread() -> None:
    running: list[str] = []
    seen: set[tuple[str, int]] = set()

    def work() -> None:
        running.append("x")
        seen.add((threading.current_thread().name, len(running)))
        running.pop()

    await asyncio.gather(*(threads.write(work) for _ in range(20)))
    assert len(seen) == 1


async def test_a_slow_write_does_not_hold_up_reads() -> None:
    gate = threading.Event()
    write = asyncio.create_task(threads.write(gate.wait))
    try:
        assert await threads.read(lambda: "read") == "read"
        assert not write.done()
    finally:
        gate.set()
    await write


async def test_reads_run_at_the_same_time() -> None:
    barrier = threading.Barrier(threads.READERS)
    await asyncio.gather(*(threads.read(barrier.wait, 30) for _ in range(threads.READERS)))
