"""Guests with many rooms who ask for their lists again and again."""

import asyncio

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.sockets import connected

GUESTS = 50
ROOMS = 50
ASKED_AT_ONCE = 20


async def lists(target: Target, scale: Scale, tally: Tally) -> None:
    networks = Networks(many=True)
    rooms = [f"list {number}" for number in range(scale.count(ROOMS))]
    cookies = [target.new_cookie() for _ in range(scale.count(GUESTS))]

    async def visit(cookie: str) -> None:
        for room in rooms:
            async with connected(target, tally, room, networks.next(), cookie):
                pass

    await asyncio.gather(*(visit(it) for it in cookies), return_exceptions=True)
    guests = iter(cookies * 100_000)

    async def act() -> None:
        async with connected(target, tally, rooms[0], networks.next(), next(guests)) as socket:
            for _ in range(ASKED_AT_ONCE):
                socket.send(type="rooms")
                tally.tried += 1
            await asyncio.sleep(0.2)

    await repeat(scale, tally, GUESTS, act)


ATTACKS = [Attack("lists: 50 guests with 50 rooms", lists)]
