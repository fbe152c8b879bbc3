"""What one message costs in statements, tasks and wake-ups, whatever else is open. No times."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

from chat import runtime
from chat.journal import database
from chat.models import Member, Room, RoomName
from chat.tests.support.sockets import Socket, joined

TRIES = 8  # the cheapest counts: now and then a timer of the room falls into one
OPEN_ROOMS = (2, 200)

Work = Callable[[Socket, Socket, int], Coroutine[Any, Any, None]]


@dataclass(frozen=True, order=True)
class Cost:
    """What ran: SQL statements, new tasks, and callbacks of the event loop."""

    statements: int
    tasks: int
    callbacks: int


@dataclass
class Counter:
    """Counts while `is_on`."""

    is_on: bool = False
    statements: int = 0
    tasks: int = 0
    callbacks: int = 0

    async def cost_of(self, work: Coroutine[Any, Any, None]) -> Cost:
        self.statements = self.tasks = self.callbacks = 0
        self.is_on = True
        await work
        self.is_on = False
        return Cost(self.statements, self.tasks, self.callbacks)


@pytest.fixture
async def counter(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    counter, loop = Counter(), asyncio.get_running_loop()

    def counting(original: Any, name: str) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            if counter.is_on:
                setattr(counter, name, getattr(counter, name) + 1)
            return original(*args, **options)

        return call

    def new_task(loop: Any, work: Any, **options: Any) -> Any:
        return asyncio.Task(work, loop=loop, **options)

    for schedule in ("call_soon", "call_soon_threadsafe", "call_at"):
        monkeypatch.setattr(loop, schedule, counting(getattr(loop, schedule), "callbacks"))
    for execute in ("execute", "executemany"):
        original = getattr(CursorWrapper, execute)
        monkeypatch.setattr(CursorWrapper, execute, counting(original, "statements"))
    loop.set_task_factory(counting(new_task, "tasks"))
    yield counter
    loop.set_task_factory(None)


async def post(alice: Socket, bob: Socket, number: int) -> None:
    await alice.post(f"hello {number}")
    await alice.receive_from()
    await bob.receive_from()


async def react(alice: Socket, bob: Socket, number: int) -> None:
    await alice.send(type="message.react", seq=1, emoji="👍", on=number % 2 == 0)
    await alice.receive_from()
    await bob.receive_from()


async def read(alice: Socket, bob: Socket, number: int) -> None:
    await alice.send(type="read", seq=1)
    await a_refusal(alice)


async def type_(alice: Socket, bob: Socket, number: int) -> None:
    await alice.send(type="typing")
    await a_refusal(alice)


async def a_refusal(alice: Socket) -> None:
    """Wait until what was sent before is handled."""
    await alice.say("")


async def cheapest(counter: Counter, work: Work, open_rooms: int, *people: Member) -> Cost:
    """The cost of work in a room of two, beside so many other open rooms."""
    async with AsyncExitStack() as stack:
        for number in range(open_rooms):
            other = await database.read(Room.objects.ensure, RoomName.parse(f"other {number}"))
            await stack.enter_async_context(runtime.current().journal.listen(other))
        alice, bob = [await stack.enter_async_context(joined("lobby", it)) for it in people]
        for socket in (alice, bob):
            await socket.events()
        await post(alice, bob, -1)
        costs = [await counter.cost_of(work(alice, bob, number)) for number in range(TRIES)]
    return min(costs)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", [post, react, read, type_])
async def test_other_open_rooms_cost_nothing(
    counter: Counter, work: Work, alice: Member, bob: Member
) -> None:
    few, many = [await cheapest(counter, work, it, alice, bob) for it in OPEN_ROOMS]
    assert few == many


@pytest.mark.django_db(transaction=True)
async def test_a_message_costs_few_statements_tasks_and_wake_ups(
    counter: Counter, alice: Member, bob: Member
) -> None:
    """Statements: begin, rooms, members, resent posts, insert, index, room; the commit is none.

    Tasks: one for a batch of messages. Callbacks: from the frame that arrives to both that leave.
    """
    cost = await cheapest(counter, post, 0, alice, bob)
    assert cost.statements <= 7
    assert cost.tasks <= 1
    assert cost.callbacks <= 13
