"""Work for many callers at once."""

import asyncio
from collections.abc import Sequence

import pytest

from chat.transport.batches import ANSWERED_AT_ONCE, Batches
from chat.transport.fair_queue import QueueFull


class Doubling:
    """Doubles numbers, as soon as it may go on. Remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        await self.may_go_on.wait()
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


async def call_all(batches: Batches[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Call for these numbers, one after the other. The key of a number is its tens."""
    tasks = [asyncio.create_task(batches.call(it, it // 10)) for it in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_who_calls_during_a_batch_is_in_the_next() -> None:
    work = Doubling()
    batches = Batches(work, size=10, bound=100)
    first = await call_all(batches, 1)
    others = await call_all(batches, 2, 3, 4)
    work.may_go_on.set()
    assert await asyncio.gather(*first, *others) == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


async def test_who_calls_after_a_batch_is_gathered_and_the_first_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chat.transport.batches.GATHER_SECONDS", 3600)
    work = Doubling()
    work.may_go_on.set()
    batches = Batches(work, size=10, bound=100)
    assert await batches.call(1, 0) == 2
    await call_all(batches, 2)
    waiting = await call_all(batches, 3)
    assert work.batches == [[1]]
    assert not waiting[0].done()


async def test_who_does_not_fit_into_a_batch_takes_turns() -> None:
    work = Doubling()
    batches = Batches(work, size=2, bound=100)
    tasks = [*await call_all(batches, 1), *await call_all(batches, 2, 3, 4, 51)]
    work.may_go_on.set()
    await asyncio.gather(*tasks)
    assert work.batches == [[1], [2, 51], [3, 4]]


async def test_an_error_reaches_its_batch_only() -> None:
    work = Doubling()
    batches = Batches(work, size=10, bound=100)
    work.may_go_on.set()
    [fails] = await call_all(batches, 13)
    with pytest.raises(ValueError, match="13"):
        await fails
    assert await batches.call(2, 0) == 4


async def test_who_no_longer_waits_is_left_out() -> None:
    work = Doubling()
    batches = Batches(work, size=10, bound=100)
    await call_all(batches, 1)
    leaves, stays = await call_all(batches, 2, 3)
    leaves.cancel()
    await asyncio.sleep(0)
    work.may_go_on.set()
    assert await stays == 6
    assert work.batches == [[1], [3]]


async def test_a_flood_is_refused_and_others_are_not() -> None:
    work = Doubling()
    batches = Batches(work, size=1, bound=3)
    await call_all(batches, 1)
    *flood, quiet = await call_all(batches, 1, 2, 3, 4, 51)
    work.may_go_on.set()
    assert await quiet == 102
    outcomes = await asyncio.gather(*flood, return_exceptions=True)
    assert [it for it in outcomes if not isinstance(it, QueueFull)] == [2, 4, 6]


async def test_a_large_batch_goes_on_a_few_calls_in_a_turn() -> None:
    work = Doubling()
    work.may_go_on.set()
    batches = Batches(work, size=100, bound=100)
    tasks = [asyncio.create_task(batches.call(it, it)) for it in range(20, 60)]
    most, done = 0, 0
    while done < len(tasks):
        await asyncio.sleep(0)
        now = sum(it.done() for it in tasks)
        most, done = max(most, now - done), now
    assert 0 < most <= ANSWERED_AT_ONCE
