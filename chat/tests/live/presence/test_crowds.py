"""The presence of a room with thousands of people."""

import asyncio
from itertools import pairwise

import pytest

from chat.live.presence.room_presence import (
    FRAME_SECONDS,
    FRAME_SECONDS_PER_CONNECTION,
)
from chat.tests.live.presence.processes import ALICE, CROWD, Client, FakeLayer, Process, crowd
from chat.tests.support.fake_clock import run_with_fake_clock
from chat.transport.channel_layer import LayerMessage


def busiest_second(client: Client) -> int:
    times = [at for at, _ in client.frames]
    return max(sum(start <= at < start + 1 for at in times) for start in times)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 8.0])
def test_two_thousand_arrivals_are_few_small_frames_to_each(seconds: float) -> None:
    async def join() -> list[Client]:
        layer = FakeLayer()
        here, there = Process(layer), Process(layer)
        clients = []
        for number, member in enumerate(crowd()):
            clients.append((here if number % 2 else there).subscribe(member)[0])
            await asyncio.sleep(seconds / CROWD)
        await asyncio.sleep(10)
        return clients

    clients = run_with_fake_clock(join())
    assert {client.events("presence")[-1]["count"] for client in clients} == {CROWD}
    assert max(busiest_second(client) for client in clients) <= 3
    assert max(len(client.frames) for client in clients) <= 10 + 2 * seconds
    assert max(len(frame.encode()) for client in clients for _, frame in client.frames) < 16 * 1024


@pytest.mark.parametrize("others", [0, 10, 1_000])
def test_frames_are_half_a_second_apart_and_further_apart_in_a_large_room(
    others: int,
) -> None:
    async def keep_changing() -> Client:
        process = Process(FakeLayer())
        client, _ = process.subscribe(ALICE)
        for member in crowd(others):
            process.subscribe(member)
        for number in range(1_000):
            process.room_presence.rename(str(ALICE.uid), f"Alice {number}")
            process.room_presence.start_typing(str(ALICE.uid))
            process.room_presence.stop_typing(str(ALICE.uid))
            await asyncio.sleep(0.01)
        return client

    times = [at for at, _ in run_with_fake_clock(keep_changing()).frames]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    pause = FRAME_SECONDS + FRAME_SECONDS_PER_CONNECTION * (others + 1)
    assert len(times) > 5
    assert min(pauses) == pytest.approx(pause)


def test_two_thousand_arrivals_are_few_messages_between_processes() -> None:
    async def join() -> list[LayerMessage]:
        layer = FakeLayer()
        here, there = Process(layer), Process(layer)
        for number, member in enumerate(crowd()):
            (here if number % 2 else there).subscribe(member)
        await asyncio.sleep(10)
        return layer.messages

    assert len(run_with_fake_clock(join())) <= 10


def test_two_thousand_departures_are_few_frames_to_each() -> None:
    async def leave() -> Client:
        process = Process(FakeLayer())
        hers, _ = process.subscribe(ALICE)
        subscribers = [process.subscribe(member)[1] for member in crowd()]
        await asyncio.sleep(5)
        hers.frames.clear()
        for subscriber in subscribers:
            process.room_presence.unsubscribe(subscriber)
            await asyncio.sleep(5 / CROWD)
        await asyncio.sleep(10)
        return hers

    hers = run_with_fake_clock(leave())
    assert hers.events("presence")[-1]["count"] == 1
    assert len(hers.frames) <= 20


def test_each_of_two_thousand_connections_gets_a_frame_sent_in_several_turns() -> None:
    async def arrive() -> list[int]:
        process = Process(FakeLayer())
        clients = [process.subscribe(member)[0] for member in crowd()]
        await asyncio.sleep(5)
        before = [len(client.frames) for client in clients]
        process.room_presence.subscribe(ALICE, None)
        await asyncio.sleep(5)
        return [len(client.frames) - count for client, count in zip(clients, before, strict=True)]

    assert set(run_with_fake_clock(arrive())) == {1}
