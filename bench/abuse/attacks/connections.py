"""Connections that wait: idle ones, and ones that drip."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress

from bench.abuse.attack import GONE, Attack, Networks, Scale, Tally, Target, repeat
from bench.abuse.requests import request, tcp
from bench.abuse.sockets import connected

IDLE = 2_300  # a network may have 2,000
OPENED_AT_ONCE = 50
DRIPPING = 300
DRIP_SECONDS = 0.2
SOCKETS = 1_200  # a network may have 1,000
STORM = 100

SLOW = [
    (b"", b"GET / HTTP/1.1\r\n"),
    (request("GET", "/", "::1", close=False)[:-2], b"X-Drop: drip\r\n"),
    (request("POST", "/", "::1", "Content-Length: 60000", close=False), b"x"),
    (request("POST", "/", "::1", "Transfer-Encoding: chunked", close=False), b"1\r\nx\r\n"),
]


async def idle(target: Target, scale: Scale, tally: Tally) -> None:
    """One network opens more connections than it may have, and says nothing."""
    async with AsyncExitStack() as stack:
        readers = []
        for number in range(scale.count(IDLE)):
            tally.tried += 1
            with suppress(*GONE):
                reader, _ = await stack.enter_async_context(tcp(target, "127.0.0.2"))
                readers.append(reader)
            if number % OPENED_AT_ONCE == 0:
                await asyncio.sleep(0.02)
        await asyncio.sleep(scale.seconds)
        tally.refused["closed"] += sum(1 for it in readers if it.at_eof())


async def dripping(target: Target, scale: Scale, tally: Tally) -> None:
    """Heads and bodies that come byte by byte."""
    slow = iter(SLOW * 1_000)
    end = time.monotonic() + scale.seconds

    async def act() -> None:
        tally.tried += 1
        first, drops = next(slow)
        async with tcp(target, "127.0.0.3") as (reader, writer):
            writer.write(first)
            for drop in drops * 1_000:
                if reader.at_eof() or writer.is_closing():
                    tally.refused["closed"] += 1
                    return
                if time.monotonic() > end:
                    return
                writer.write(bytes([drop]))
                await asyncio.sleep(DRIP_SECONDS)

    await repeat(scale, tally, DRIPPING, act)


async def silent_sockets(target: Target, scale: Scale, tally: Tally) -> None:
    """One network opens more WebSockets than it may have."""
    network = Networks(many=False).next()
    async with AsyncExitStack() as stack:
        for _ in range(max(25, scale.count(SOCKETS))):
            tally.tried += 1
            with suppress(*GONE):
                await stack.enter_async_context(connected(target, tally, "silent", network))
        await asyncio.sleep(scale.seconds)


async def storm(target: Target, scale: Scale, tally: Tally) -> None:
    """Sockets of many networks connect and leave at once, again and again."""
    networks = Networks(many=True)

    async def act() -> None:
        tally.tried += 1
        async with connected(target, tally, "storm", networks.next()):
            pass

    await repeat(scale, tally, STORM, act)


ATTACKS = [
    Attack("connections: idle", idle),
    Attack("connections: dripping", dripping),
    Attack("connections: WebSockets of one network", silent_sockets, is_refused=True),
    Attack("connections: a storm from many networks", storm),
]
