"""Coroutines begun without a task end as if they had been awaited."""

import asyncio

import pytest

from chat.transport.eager import start_eagerly


async def test_what_never_waits_is_done_at_once() -> None:
    async def work() -> None:
        done.append(1)

    done: list[int] = []
    assert start_eagerly(work()) is None
    assert done == [1]


async def test_what_waits_goes_on_where_it_was() -> None:
    gate: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        got.append(await gate)
        await asyncio.sleep(0)
        got.append(2)

    got: list[int] = []
    rest = start_eagerly(work())
    assert rest is not None
    assert got == []
    gate.set_result(1)
    await rest
    assert got == [1, 2]


async def test_its_errors_are_raised_then_and_later() -> None:
    async def fail(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise LookupError

    with pytest.raises(LookupError):
        start_eagerly(fail(waits=False))
    rest = start_eagerly(fail(waits=True))
    assert rest is not None
    with pytest.raises(LookupError):
        await rest


async def test_a_cancellation_reaches_what_it_waits_for() -> None:
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    told: list[str] = []

    async def work() -> None:
        try:
            await gate
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    rest = start_eagerly(work())
    assert rest is not None
    task = asyncio.create_task(rest)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told == ["cancelled"]
    assert gate.cancelled()
