"""A reader that stalls costs bounded memory, on every server, and slows nobody else down."""

import asyncio
import base64
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import psutil
import pytest

from chat.tests.support.clients import V1Client, v1
from chat.tests.support.servers import Server

STALLED = 20  # that never read, and as many that read a byte now and then
MEGABYTES = 12  # said in the room: what each would cost if it were kept for it
BOUND_MEGABYTES = 1.25  # that one connection may cost: the window, or what daphne keeps unsent
SLACK_MEGABYTES = 40  # the tail, and what an allocator keeps
TRICKLE_SECONDS = 0.2
TEXT = "x" * 8_000
PROTOCOLS = {"chat.v1": "Sec-WebSocket-Protocol: chat.v1\r\n", "plain": ""}


@asynccontextmanager
async def stalled_reader(url: str, protocol: str, *, trickles: bool) -> AsyncIterator[None]:
    """A connection that has shaken hands, and reads nothing more, or next to nothing."""
    loop = asyncio.get_running_loop()
    with await connect(url, protocol) as raw:

        async def trickle() -> None:
            while await loop.sock_recv(raw, 1):  # noqa: ASYNC110
                await asyncio.sleep(TRICKLE_SECONDS)

        reading = asyncio.create_task(trickle() if trickles else asyncio.sleep(0))
        yield
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def connect(url: str, protocol: str) -> socket.socket:
    """A WebSocket by hand: no library would let us read so badly."""
    loop = asyncio.get_running_loop()
    address = urlsplit(url)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await loop.sock_connect(raw, (address.hostname, address.port))
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        f"{PROTOCOLS[protocol]}\r\n"
    )
    await loop.sock_sendall(raw, request.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += await loop.sock_recv(raw, 1)
    assert answer.startswith(b"HTTP/1.1 101")
    return raw


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_memory_does_not_grow_with_what_stalled_readers_miss(
    server: Server, protocol: str, room: str
) -> None:
    process = psutil.Process(server.process.pid)
    url = server.socket_url(room)
    async with AsyncExitStack() as stack:
        for number in range(2 * STALLED):
            reader = stalled_reader(url, protocol, trickles=number % 2 == 0)
            await stack.enter_async_context(reader)
        alice = await stack.enter_async_context(v1(url))
        before = process.memory_info().rss
        await talk(alice, MEGABYTES * 1024 * 1024 // len(TEXT))
        grown = (process.memory_info().rss - before) / 1024 / 1024
    print(f"{server.kind}, {protocol}: {grown:.1f} MB for {2 * STALLED} stalled readers")
    assert grown < 2 * STALLED * BOUND_MEGABYTES + SLACK_MEGABYTES


async def talk(alice: V1Client, count: int) -> None:
    """Say so much that everybody who does not read falls behind; and hear all of it."""
    for number in range(count):
        await alice.send(type="message.send", id=f"{number:032x}", text=TEXT)
        await alice.until(lambda number=number: len(alice.messages) > number)  # type: ignore[misc]
        await alice.send(type="ack", version=alice.messages[-1]["version"])
