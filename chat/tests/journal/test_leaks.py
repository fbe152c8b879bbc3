"""Opening, closing and reopening rooms leaves nothing behind, however the sockets end."""

import asyncio
import gc
import random

from channels.layers import get_channel_layer

from chat import journal
from chat.journal import Feed, threads
from chat.models import Room, RoomName
from chat.tests.support.sockets import Socket

ROOMS = 20
SOCKETS = 600
LISTENERS = 10_000


async def nothing_is_left() -> None:
    feeds = journal._here().feeds
    await journal.aclose()
    assert (feeds._open, feeds._starts, feeds._leaves) == ({}, {}, {})
    layer = get_channel_layer()
    assert layer.groups == {}
    assert layer.channels == {}
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert not others, others
    gc.collect()
    assert not [it for it in gc.get_objects() if type(it) is Feed]


async def test_ten_thousand_joins_and_leaves(lobby: Room) -> None:
    chance = random.Random(1)
    rooms = [
        await threads.write(Room.objects.enter, RoomName.parse(f"room {number}"))
        for number in range(ROOMS)
    ]

    async def come_and_go(room: Room) -> None:
        async with journal.listen(room):
            await asyncio.sleep(chance.choice([0, 0, 0.001]))
            if chance.random() < 0.2:
                raise ConnectionError("gone")

    async def a_hundred_come_and_go() -> None:
        visits = [asyncio.create_task(come_and_go(chance.choice(rooms))) for _ in range(100)]
        for visit in chance.sample(visits, 20):
            await asyncio.sleep(0)
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    for _ in range(LISTENERS // 100):
        await a_hundred_come_and_go()
    await nothing_is_left()


async def leave(socket: Socket) -> None:
    await socket.disconnect()


async def vanish(socket: Socket) -> None:
    socket.future.cancel()


async def misbehave(socket: Socket) -> None:
    for _ in range(10):
        await socket.send_to(text_data="{")


async def talk(socket: Socket) -> None:
    await socket.post("hello")
    socket.future.cancel()


async def test_sockets_that_end_in_every_way(lobby: Room) -> None:
    chance = random.Random(2)

    async def visit() -> None:
        socket = Socket(f"room {chance.randrange(ROOMS)}")
        await socket.connect()
        await chance.choice([leave, vanish, misbehave, talk])(socket)
        await asyncio.wait([socket.future])

    for _ in range(SOCKETS // 20):
        await asyncio.gather(*(visit() for _ in range(20)))
    await journal.drain()
    await nothing_is_left()
