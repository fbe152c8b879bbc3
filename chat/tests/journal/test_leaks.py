"""Closed rooms leave no feed, group or task behind, however their sockets ended."""

import asyncio
import gc
import random

from channels.layers import get_channel_layer

from chat import runtime
from chat.journal import Feed, database
from chat.models import Room, RoomName
from chat.tests.support.sockets import Socket

ROOMS = 20
SOCKETS = 600
LISTENERS = 10_000


async def assert_nothing_is_left() -> None:
    feeds = runtime.current().journal.feeds
    await runtime.current().stop()
    assert (feeds._feeds, feeds._start_tasks, feeds._leave_tasks) == ({}, {}, {})
    layer = get_channel_layer()
    assert layer.groups == {}
    assert layer.channels == {}
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not others, others
    gc.collect()
    assert not [it for it in gc.get_objects() if type(it) is Feed]


async def test_ten_thousand_listeners_leave_nothing_behind(lobby: Room) -> None:
    chance = random.Random(1)
    rooms = [
        await database.write(Room.objects.ensure, RoomName.parse(f"room {number}"))
        for number in range(ROOMS)
    ]

    async def listen(room: Room) -> None:
        async with runtime.current().journal.listen(room):
            await asyncio.sleep(chance.choice([0, 0, 0.001]))
            if chance.random() < 0.2:
                raise ConnectionError

    async def listen_a_hundred_times() -> None:
        listeners = [asyncio.create_task(listen(chance.choice(rooms))) for _ in range(100)]
        for listener in chance.sample(listeners, 20):
            await asyncio.sleep(0)
            listener.cancel()
        await asyncio.gather(*listeners, return_exceptions=True)

    for _ in range(LISTENERS // 100):
        await listen_a_hundred_times()
    await assert_nothing_is_left()


async def disconnect(socket: Socket) -> None:
    await socket.disconnect()


async def cancel(socket: Socket) -> None:
    socket.future.cancel()


async def send_bad_frames(socket: Socket) -> None:
    for _ in range(10):
        await socket.send_to(text_data="{")


async def post_and_cancel(socket: Socket) -> None:
    await socket.post("hello")
    socket.future.cancel()


async def test_sockets_leave_nothing_behind_however_they_end(lobby: Room) -> None:
    chance = random.Random(2)

    async def open_and_end() -> None:
        socket = Socket(f"room {chance.randrange(ROOMS)}")
        await socket.connect()
        await chance.choice([disconnect, cancel, send_bad_frames, post_and_cancel])(socket)
        await asyncio.wait([socket.future])

    for _ in range(SOCKETS // 20):
        await asyncio.gather(*(open_and_end() for _ in range(20)))
    await runtime.current().journal.drain()
    await assert_nothing_is_left()
