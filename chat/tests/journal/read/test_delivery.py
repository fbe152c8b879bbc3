"""Live delivery: followers that stand at the head are pushed to, without waking their tasks."""

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any

import pytest

from chat.journal.read.delivery import Delivery
from chat.journal.read.slices import Slice
from chat.journal.read.tail import Tail
from chat.tests.journal.support import entry


class Client:
    """A follower that stands at the head."""

    def __init__(self, tail: Tail) -> None:
        self.version = tail.head
        self.received: list[int] = []
        self.gate: asyncio.Event | None = None  # a sending waits for it
        self.error: Exception | None = None
        self.is_full = False

    def advance(self, slice: Slice) -> Coroutine[Any, Any, None] | None:
        if self.is_full:
            return None
        self.version = slice.version
        return self._send(slice)

    async def _send(self, slice: Slice) -> None:
        if self.error is not None:
            raise self.error
        if self.gate is not None:
            await self.gate.wait()
        self.received += [entry.version for entry in slice.entries]


class Room:
    """A tail, its delivery and some clients."""

    def __init__(self, clients: int) -> None:
        self.tail = Tail()
        self.delivery = Delivery(self.tail)
        self.clients = [Client(self.tail) for _ in range(clients)]
        self.pushes = [asyncio.create_task(self.delivery.push_to(it)) for it in self.clients]

    async def append(self) -> None:
        await asyncio.sleep(0)
        self.tail.extend([entry(self.tail.head + 1)])
        self.delivery.start()

    async def received(self) -> list[list[int]]:
        for _ in range(20):
            await asyncio.sleep(0)
        return [client.received for client in self.clients]


async def test_every_follower_is_sent_each_entry_once() -> None:
    room = Room(clients=3)
    await room.append()
    assert await room.received() == [[1]] * 3
    await room.append()
    assert await room.received() == [[1, 2]] * 3


async def test_a_follower_that_keeps_up_is_pushed_to_without_its_task() -> None:
    room = Room(clients=1)
    await room.append()
    await room.append()
    assert await room.received() == [[1, 2]]
    assert not room.pushes[0].done()


async def test_entries_appended_between_two_turns_are_sent_together() -> None:
    room = Room(clients=1)
    await asyncio.sleep(0)
    for version in (1, 2, 3):
        room.tail.extend([entry(version)])
        room.delivery.start()
    assert await room.received() == [[1, 2, 3]]


async def test_a_round_lets_other_work_run_between_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chat.journal.read.delivery.FOLLOWERS_PER_TURN", 2)
    room = Room(clients=5)
    await room.append()
    counts = []
    for _ in range(4):
        await asyncio.sleep(0)
        counts.append(sum(len(client.received) for client in room.clients))
    assert counts == [2, 4, 5, 5]


async def test_a_sending_that_waits_is_finished_by_the_followers_own_task() -> None:
    room = Room(clients=2)
    slow = room.clients[0]
    slow.gate = asyncio.Event()
    await room.append()
    assert await room.received() == [[], [1]]
    slow.gate.set()
    await room.pushes[0]
    assert slow.received == [1]
    assert not room.pushes[1].done()


async def test_a_follower_that_cannot_be_sent_now_goes_on_by_itself() -> None:
    room = Room(clients=2)
    room.clients[0].is_full = True
    await room.append()
    await room.pushes[0]
    assert await room.received() == [[], [1]]


async def test_a_follower_behind_the_tail_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chat.journal.read.tail.TAIL_ENTRIES", 1)
    room = Room(clients=1)
    await asyncio.sleep(0)
    room.tail.extend([entry(1), entry(2)])
    room.delivery.start()
    await room.pushes[0]
    assert await room.received() == [[]]


async def test_an_error_reaches_its_own_follower_only() -> None:
    room = Room(clients=2)
    room.clients[0].error = ConnectionError()
    await room.append()
    with pytest.raises(ConnectionError):
        await room.pushes[0]
    await room.append()
    assert await room.received() == [[], [1, 2]]


async def test_a_follower_that_leaves_does_not_stop_the_others() -> None:
    room = Room(clients=2)
    room.clients[0].error = ConnectionError()
    await room.append()
    room.pushes[0].cancel()
    assert (await room.received())[1] == [1]


async def test_what_cannot_be_sent_to_one_that_leaves_is_nobodys_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room(clients=1)
    room.clients[0].error = ConnectionError()
    await room.append()
    room.pushes[0].cancel()
    await room.received()
    gc.collect()  # asyncio logs the exceptions of futures that nobody awaits
    assert caplog.records == []


async def test_an_error_that_comes_as_its_follower_leaves_is_nobodys_either(
    caplog: pytest.LogCaptureFixture,
) -> None:
    room = Room(clients=1)
    room.clients[0].error = ConnectionError()
    await asyncio.sleep(0)
    room.tail.extend([entry(1)])
    room.delivery._push_some(1)  # the error waits for `push_to` to take it
    room.pushes[0].cancel()
    await room.received()
    gc.collect()
    assert caplog.records == []
