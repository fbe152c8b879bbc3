"""Clients that keep a connection waiting, or the answers to them: each wait ends."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from chat.tests.support.clients import TIMEOUT_SECONDS, V1Client, v1
from chat.tests.support.raw_http import (
    connect,
    handshake,
    head,
    read_answer,
    read_head,
    until_closed,
)
from chat.tests.support.servers import Server, serving

WAITS = ("HEADERS", "BODY", "ANSWER", "IDLE", "LINGER")
SHORT = " ".join(f"{wait}_SECONDS=3" for wait in WAITS)
DRIP_SECONDS = 0.1
LARGE = "界" * 8_000  # 24 kB
LARGE_MESSAGES = 12
PIPELINED = 50  # requests at once: their answers fill all buffers of both sides

PAGE = head("GET", "/chat/large/messages")

Slow = tuple[bytes, bytes]  # what a client sends at first, and then byte by byte

SLOW: dict[str, Slow] = {
    "says nothing": (b"", b""),
    "drips a head": (b"GET / HTTP/1.1\r\n", b"X-Drop: drip\r\n"),
    "drips a first line": (b"", b"GET /"),
    "drips a handshake": (handshake("slow")[:-2], b"X-Drop: drip\r\n"),
    "sends half a head": (head("GET", "/")[:-2], b""),
    "announces a body": (head("POST", "/", "Content-Length: 60000"), b""),
    "drips a body": (head("POST", "/", "Content-Length: 60000"), b"x"),
    "drips a chunked body": (head("POST", "/", "Transfer-Encoding: chunked"), b"1\r\nx\r\n"),
    "has a body refused": (head("POST", "/", "Content-Length: 9999999"), b"x"),
    "has got an answer": (head("GET", "/livez"), b""),
    "drips a second request": (head("GET", "/livez") + b"GET /", b"x"),
    "drips a body after the answer": (head("GET", "/livez", "Content-Length: 60000"), b"x"),
}
UNREAD: dict[str, Slow] = {
    "reads no answers": (PAGE * PIPELINED, b""),
    "reads no last answer": (head("GET", "/chat/large/messages", "Connection: close"), b""),
    "reads no answers and asks on": (PAGE * PIPELINED, PAGE),
}


@pytest.fixture(scope="module", params=["bounded daphne", "bounded uvicorn"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def bounded(kind: str, data_dir: Path, bounds: str) -> Iterator[Server]:
    """A server with these bounds, which has no error to log."""
    with serving(kind, data_dir, BOUNDS=bounds) as server:
        yield server
        assert "Traceback" not in server.log
        assert "ERROR" not in server.log


@pytest.fixture
def server(kind: str, tmp_path: Path) -> Iterator[Server]:
    with bounded(kind, tmp_path, SHORT) as server:
        yield server


async def drip(raw: socket.socket, drops: bytes) -> None:
    """Send on byte by byte, until the server closes or resets the connection."""
    loop = asyncio.get_running_loop()
    with suppress(ConnectionError):
        while drops:
            for drop in drops:
                await loop.sock_sendall(raw, bytes([drop]))
                await asyncio.sleep(DRIP_SECONDS)


async def keep_waiting(server: Server, client: Slow, receive_bytes: int = 0) -> None:
    """Be such a client, until the server closes the connection."""
    first, drops = client
    with closing(connect(server, receive_bytes=receive_bytes)) as raw:
        raw.sendall(first)
        raw.setblocking(False)
        dripping = asyncio.create_task(drip(raw, drops))
        await until_closed(server, raw)
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


async def say_large_messages(alice: V1Client) -> None:
    for number in range(LARGE_MESSAGES):
        await alice.say(f"{number} {LARGE[:-5]}")
        await alice.send(type="ack", version=alice.messages[-1]["version"])


async def test_every_wait_for_a_client_ends(server: Server) -> None:
    """While those who wait for others to say something stay."""
    async with v1(server.socket_url("large")) as alice, v1(server.socket_url("large")) as bob:
        await say_large_messages(alice)
        slow = (keep_waiting(server, it) for it in SLOW.values())
        unread = (keep_waiting(server, it, receive_bytes=4096) for it in UNREAD.values())
        await asyncio.gather(*slow, *unread)
        said = await alice.say("still here")
        await bob.until(lambda: said in bob.messages)


async def test_the_more_of_a_body_has_come_the_longer_the_server_waits_for_the_rest(
    kind: str, tmp_path: Path
) -> None:
    with bounded(kind, tmp_path, "BODY_SECONDS=1 BODY_BYTES_PER_SECOND=1") as server:
        request = head("POST", "/name/", f"Content-Length: {2 * TIMEOUT_SECONDS}")
        with closing(connect(server)) as steady, closing(connect(server)) as silent:
            steady.sendall(request + b"x" * TIMEOUT_SECONDS)
            silent.sendall(request)
            await until_closed(server, silent)
            steady.sendall(b"x" * TIMEOUT_SECONDS)
            assert read_head(steady).startswith("HTTP/1.1 403 ")


def test_who_asks_again_and_again_is_served_again_and_again(kind: str, tmp_path: Path) -> None:
    with bounded(kind, tmp_path, "") as server, closing(connect(server)) as raw:
        for _ in range(20):
            for byte in head("GET", "/livez"):
                raw.sendall(bytes([byte]))
            assert read_answer(raw)[0].startswith("HTTP/1.1 200 ")


async def test_a_shutdown_does_not_wait_for_slow_clients(kind: str, tmp_path: Path) -> None:
    with bounded(kind, tmp_path, "") as server, ExitStack() as stack:
        async with v1(server.socket_url("large")) as alice:
            await say_large_messages(alice)
        for first, _ in SLOW.values():
            stack.enter_context(closing(connect(server))).sendall(first)
        for first, _ in UNREAD.values():
            raw = stack.enter_context(closing(connect(server, receive_bytes=4096)))
            raw.sendall(first)
            assert raw.recv(1, socket.MSG_PEEK)  # the answer has begun
        server.terminate()
        assert server.process.returncode == 0
