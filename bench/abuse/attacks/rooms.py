"""Sockets that open new rooms."""

from functools import partial
from uuid import uuid4

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.sockets import connected

SOCKETS = 600


async def new_rooms(target: Target, scale: Scale, tally: Tally, *, many: bool) -> None:
    networks = Networks(many=many)

    async def act() -> None:
        tally.tried += 1
        room, cookie = f"r {uuid4().hex}", target.new_cookie()
        async with connected(target, tally, room, networks.next(), cookie):
            pass

    await repeat(scale, tally, SOCKETS, act)


ATTACKS = [
    Attack("rooms: new, one network", partial(new_rooms, many=False), is_refused=True),
    Attack("rooms: new, many networks", partial(new_rooms, many=True)),
]
