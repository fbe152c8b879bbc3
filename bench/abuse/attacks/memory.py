"""What might grow without end: connections that post once, and counters of networks."""

import itertools

import psutil

from bench.abuse.attack import GONE, Attack, Networks, Scale, Tally, Target, gather
from bench.abuse.requests import fetch, request
from bench.abuse.sockets import connected

CONNECTIONS = 12_000
COMPARED_FROM = 2_000  # connections; memory is flat from there to the end
FLAT_BYTES = 10 * 1024 * 1024
NETWORKS = 15_000  # a rate remembers 10,000
AT_ONCE = 50
ROOM = "once"  # one room, whose tail in memory is full before the comparison begins


def _memory(target: Target) -> int:
    return int(psutil.Process(target.pid).memory_info().rss)


async def post_once(target: Target, scale: Scale, tally: Tally) -> None:
    """Connections that each post one message and leave."""
    networks, numbers = Networks(many=True), itertools.count(1)
    compared: list[int] = []

    async def act() -> None:
        number = next(numbers)
        if number == scale.count(COMPARED_FROM):
            compared.append(_memory(target))
        tally.tried += 1
        try:
            async with connected(target, tally, ROOM, networks.next()) as socket:
                socket.say(f"once {number}")
                await socket.until_answered(socket.events + 1)
        except GONE as error:
            tally.problems.append(f"a connection was refused: {error!r}")

    await gather(scale.count(CONNECTIONS), AT_ONCE, act)
    grown = _memory(target) - compared[0]
    tally.notes.append(f"{grown / 2**20:+.1f} MiB from {COMPARED_FROM:,} to {CONNECTIONS:,}")
    if grown > FLAT_BYTES:
        tally.problems.append(f"grew by {grown / 2**20:.1f} MiB")


async def many_keys(target: Target, scale: Scale, tally: Tally) -> None:
    """Requests from as many networks: each has counters of its own."""
    networks = Networks(many=True)

    async def act() -> None:
        await fetch(target, tally, request("GET", "/emoji.json", networks.next()))

    await gather(scale.count(NETWORKS), AT_ONCE, act)


ATTACKS = [
    # Without rates: their counters grow up to a bound of their own, which is the next attack's.
    Attack("memory: 12,000 post once", post_once, settings=(("RATES", "off"),)),
    Attack("memory: 15,000 networks", many_keys),
]
