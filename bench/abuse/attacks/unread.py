"""Clients that ask and do not read."""

import asyncio
from contextlib import AsyncExitStack, suppress

from bench.abuse.attack import GONE, Attack, Networks, Scale, Tally, Target
from bench.abuse.requests import request, tcp
from bench.abuse.sockets import AttackSocket, connected

CLIENTS = 150
PIPELINED = 50
SOCKETS = 100
LARGE = "\N{GRINNING FACE}" * 7_900
LARGE_MESSAGES = 12


async def _say_large_messages(attacker: AttackSocket) -> None:
    for number in range(LARGE_MESSAGES):
        attacker.say(f"{number} {LARGE}")
        await attacker.until_answered(attacker.events + 1)


async def answers(target: Target, scale: Scale, tally: Tally) -> None:
    """Ask for the largest pages there are, many on each connection."""
    networks = Networks(many=True)
    async with connected(target, tally, "large", networks.next()) as attacker:
        await _say_large_messages(attacker)
    async with AsyncExitStack() as stack:
        writers = []
        for _ in range(scale.count(CLIENTS)):
            sent = request("GET", "/chat/large/messages", networks.next(), close=False)
            with suppress(*GONE):
                reader, writer = await stack.enter_async_context(tcp(target))
                reader._transport.pause_reading()  # type: ignore[attr-defined]
                writer.write(sent * PIPELINED)
                tally.tried += PIPELINED
                writers.append(writer)
        await asyncio.sleep(scale.seconds)
        tally.refused["cut"] += sum(1 for it in writers if it.is_closing())


async def frames(target: Target, scale: Scale, tally: Tally) -> None:
    """Stop reading in a room where large messages are posted."""
    networks = Networks(many=True)
    async with AsyncExitStack() as stack:
        for _ in range(scale.count(SOCKETS)):
            tally.tried += 1
            reader = await stack.enter_async_context(
                connected(target, tally, "unread", networks.next())
            )
            reader.transport.underlying_transport.pause_reading()
        end = asyncio.get_running_loop().time() + scale.seconds
        while asyncio.get_running_loop().time() < end:
            async with connected(target, tally, "unread", networks.next()) as attacker:
                await _say_large_messages(attacker)


ATTACKS = [
    Attack("unread: 7,500 large pages", answers),
    Attack("unread: frames of 100 sockets", frames),
]
