"""Turns of the event loop: how much starts in one, and whose work that is."""

import asyncio

import pytest

from chat.transport.turns import STARTED_PER_TURN, Turns

pytestmark = pytest.mark.asyncio

Started = list[tuple[int, str]]  # the number of a turn of the event loop, and whose work started


async def start_all(*keys: str) -> Started:
    """Start a piece of work for each key "room/member" at once."""
    turns, started, now = Turns(), Started(), 0

    async def start(key: str) -> None:
        await turns.start(*key.split("/"))
        started.append((now, key))

    waiting = asyncio.gather(*map(start, keys))
    while not waiting.done():
        await asyncio.sleep(0)
        now += 1
    return started


async def test_few_pieces_of_work_start_in_one_turn() -> None:
    started = await start_all(*["lobby/eve"] * 50)
    numbers = [number for number, _ in started]
    assert len(started) == 50
    assert max(map(numbers.count, numbers)) <= STARTED_PER_TURN
    assert max(numbers) - min(numbers) <= 50 / STARTED_PER_TURN + 1, "a turn started nothing"


async def test_a_quiet_room_does_not_wait_for_a_flood() -> None:
    started = await start_all(*["lobby/eve"] * 200, "den/bob")
    [bob] = [number for number, key in started if key == "den/bob"]
    assert bob <= started[0][0] + 2


async def test_a_quiet_room_does_not_wait_for_floods_of_many_rooms() -> None:
    turns, finished = Turns(), asyncio.Event()

    async def flood(room: int) -> None:
        while not finished.is_set():
            await turns.start(room, "eve")

    floods = [asyncio.create_task(flood(room)) for room in range(200)]
    for _ in range(100):  # turns, in which each of them starts something
        await asyncio.sleep(0)
    counted = asyncio.create_task(turns.start("den", "bob"))
    for _ in range(4):
        await asyncio.sleep(0)
    assert counted.done(), "bob waits for all the others"
    finished.set()
    await asyncio.gather(*floods)


async def test_who_has_left_takes_no_turn() -> None:
    turns = Turns()
    for _ in range(STARTED_PER_TURN):
        await turns.start("lobby", "eve")
    gone = [asyncio.create_task(turns.start("lobby", "eve")) for _ in range(100)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    await asyncio.wait_for(turns.start("lobby", "bob"), 5)
    assert turns._left, "those who left took the turn"


async def test_an_idle_event_loop_is_not_woken() -> None:
    turns = Turns()
    await turns.start("lobby", "eve")
    for _ in range(3):
        await asyncio.sleep(0)
    assert turns._next_turn is None
