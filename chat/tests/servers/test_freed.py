"""What a server keeps of a connection is freed with it, by reference counts alone."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import pytest
from h11 import Connection
from uvicorn import Config
from uvicorn.server import ServerState
from websockets.server import ServerProtocol

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.raw_http import handshake, head
from mysite.servers import connections
from mysite.servers.uvicorn_http import ChatHTTPProtocol
from mysite.servers.uvicorn_websocket import ChatWebSocketProtocol

CONNECTIONS = 3  # each way
PER_CONNECTION = (
    ChatHTTPProtocol,
    ChatWebSocketProtocol,
    Connection,
    ServerProtocol,
    connections.Connection,
    asyncio.Transport,
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "hello"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = Config(app, http=ChatHTTPProtocol, ws=ChatWebSocketProtocol, log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: ChatHTTPProtocol(config, state, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


ENDS = {
    "is closed": head("GET", "/", "Connection: close"),
    "stays open": head("GET", "/"),
    "sends no request": b"",
    "sends half a head": b"GET / HTTP/1.1\r\n",
    "sends half a body": head("POST", "/", "Content-Length: 10") + b"x",
    "sends what is no HTTP": b"hello\r\n\r\n",
    "is a socket": handshake("lobby"),
    "is a socket that says goodbye": handshake("lobby") + b"\x88\x82\0\0\0\0\x03\xe8",
    "is a socket that sends no frame": handshake("lobby") + b"\xff" * 20,
}

UNANSWERED = {"sends no request", "sends half a head"}


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("end", ENDS)
async def test_a_lost_connection_leaves_nothing(port: int, end: str) -> None:
    sent, is_answered = ENDS[end], end not in UNANSWERED
    loop, before = asyncio.get_running_loop(), kept()
    for _ in range(CONNECTIONS):
        with closing(socket.socket()) as raw:  # a transport of asyncio's would count
            raw.setblocking(False)
            await loop.sock_connect(raw, ("127.0.0.1", port))
            await loop.sock_sendall(raw, sent)
            if is_answered:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    assert await loop.sock_recv(raw, 10_000)
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while kept() != before:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def kept() -> list[str]:
    return sorted(repr(type(it)) for it in gc.get_objects() if isinstance(it, PER_CONNECTION))
