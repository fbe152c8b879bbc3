"""A coroutine that is started eagerly ends as if it had been awaited."""

import asyncio

import pytest

from chat.transport.eager import start_eagerly


async def test_a_coroutine_that_never_waits_is_done_at_once() -> None:
    async def work() -> None:
        done.append(1)

    done: list[int] = []
    assert start_eagerly(work()) is None
    assert done == [1]


async def test_a_coroutine_that_waits_continues_where_it_was() -> None:
    gate: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        got.append(await gate)
        await asyncio.sleep(0)
        got.append(2)

    got: list[int] = []
    remainder = start_eagerly(work())
    assert remainder is not None
    assert got == []
    gate.set_result(1)
    await remainder
    assert got == [1, 2]


async def test_errors_are_raised_before_and_after_waiting() -> None:
    async def fail(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError):
        start_eagerly(fail(waits=False))
    remainder = start_eagerly(fail(waits=True))
    assert remainder is not None
    with pytest.raises(LookupError):
        await remainder


async def test_a_cancellation_reaches_what_the_coroutine_waits_for() -> None:
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    raised: list[str] = []

    async def work() -> None:
        try:
            await gate
        except asyncio.CancelledError:
            raised.append("cancelled")
            raise

    remainder = start_eagerly(work())
    assert remainder is not None
    task = asyncio.create_task(remainder)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert raised == ["cancelled"]
    assert gate.cancelled()
