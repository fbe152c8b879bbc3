"""Sockets that react to one message, which everybody in the room receives anew."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from itertools import cycle
from typing import Any

from bench.abuse.attack import Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.attacks.changes import burst
from bench.abuse.sockets import AttackSocket, connected

SOCKETS = 250
BURST = 20
EMOJI = "\N{THUMBS UP SIGN}", "\N{PARTY POPPER}", "\N{EYES}", "\N{ROCKET}", "\N{FIRE}"
PAUSE_SECONDS = 0.5  # within the rate of a member


def _reactions() -> list[dict[str, Any]]:
    emoji = cycle(EMOJI)
    return [
        {"type": "message.react", "seq": 1, "emoji": next(emoji), "on": number % 10 < 5, "id": "r"}
        for number in range(BURST)
    ]


async def reactions(target: Target, scale: Scale, tally: Tally, *, many: bool) -> None:
    """New guests react, as often as a guest may, and leave."""
    networks = Networks(many=many)
    async with connected(target, tally, "reactions", Networks(many=False).next()) as author:
        author.say("react to this")
        await author.until_answered(1)

        async def act() -> None:
            async with connected(target, tally, "reactions", networks.next()) as socket:
                for reaction in _reactions():
                    socket.send(**reaction)
                    tally.tried += 1
                await asyncio.sleep(PAUSE_SECONDS)

        await repeat(scale, tally, SOCKETS, act)


async def steady(target: Target, scale: Scale, tally: Tally) -> None:
    """Guests who stay react steadily, within their rates."""
    networks = Networks(many=True)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        author = await enter(connected(target, tally, "steady", networks.next()))
        author.say("x" * 4_000)
        await author.until_answered(1)
        sockets = [
            await enter(connected(target, tally, "steady", networks.next()))
            for _ in range(scale.count(SOCKETS))
        ]
        await asyncio.gather(*(_react_steadily(it, scale, tally) for it in sockets))


async def _react_steadily(socket: AttackSocket, scale: Scale, tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + scale.seconds
    reactions = cycle(_reactions())
    while loop.time() < end:
        await burst(socket, tally, [])
        socket.send(**next(reactions))
        tally.tried += 1
        await asyncio.sleep(PAUSE_SECONDS)


ATTACKS = [
    Attack("reactions: one network", partial(reactions, many=False), is_refused=True),
    Attack("reactions: many networks", partial(reactions, many=True)),
    Attack("reactions: steady, many networks", steady),
]
