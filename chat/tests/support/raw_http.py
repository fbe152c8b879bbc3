"""HTTP by hand: no library would send what these tests send, or read as badly."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import closing, suppress
from select import select
from urllib.parse import quote

import psutil

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server

HANDSHAKE = (  # of a WebSocket: RFC 6455, 4.1
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
POLL_SECONDS = 0.1
TOKEN = b"x" * 32
MAY_POST = (b"Cookie: csrftoken=" + TOKEN, b"X-CSRFToken: " + TOKEN)


def connect(server: Server, host: str = "127.0.0.1", receive_bytes: int = 0) -> socket.socket:
    """A connection from an address of this machine, perhaps with a small buffer to read from."""
    raw = socket.socket()
    raw.settimeout(TIMEOUT_SECONDS)
    if receive_bytes:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    raw.bind((host, 0))
    raw.connect(("127.0.0.1", server.port))
    return raw


# --- requests -----------------------------------------------------------------------------------


def head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def request(target: bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    """A request of any bytes; with a body, also with its length."""
    length = (b"Content-Length: %d" % len(body),) if body else ()
    start = method + b" " + target + b" HTTP/1.1"
    return b"\r\n".join([start, b"Host: localhost", *headers, *length, b"", body])


def form(target: bytes, content_type: bytes, body: bytes) -> bytes:
    """A form that passes the check for forged ones (CSRF)."""
    return request(target, *MAY_POST, b"Content-Type: " + content_type, method=b"POST", body=body)


def handshake(room: str) -> bytes:
    """The opening handshake of a WebSocket."""
    return request(f"/ws/chat/{quote(room)}/".encode(), *HANDSHAKE)


# --- answers ------------------------------------------------------------------------------------


def status(server: Server, data: bytes) -> int:
    """The status of the answer to a request."""
    with closing(connect(server)) as raw:
        raw.sendall(data)
        return int(read_head(raw).split()[1])


def read_head(raw: socket.socket) -> str:
    """The head of an answer; empty if there is none."""
    read = b""
    while b"\r\n\r\n" not in read:
        byte = raw.recv(1)
        if not byte:
            break
        read += byte
    return read.decode()


def read_answer(raw: socket.socket) -> tuple[str, bytes]:
    """The head of an answer that has a Content-Length, and its body."""
    answer_head = read_head(raw)
    length = int(answer_head.lower().split("content-length: ")[1].split("\r\n")[0])
    body = b""
    while len(body) < length:
        body += raw.recv(length - len(body))
    return answer_head, body


def read_rest(raw: socket.socket) -> bytes:
    """What comes before the server closes or resets the connection."""
    read = b""
    with suppress(ConnectionResetError):
        while some := raw.recv(65_536):
            read += some
    return read


async def until_closed(server: Server, *clients: socket.socket, but: int = 0) -> None:
    """The server has accepted all these connections, and has closed all but so many of them."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while len(clients) - len(_closed(server, clients)) > but:  # noqa: ASYNC110
            await asyncio.sleep(POLL_SECONDS)


def _closed(server: Server, clients: Sequence[socket.socket]) -> list[socket.socket]:
    """Those that the server has closed. What it has not accepted yet, it does not list either:
    only whoever was accepted has an answer or the end of the connection to read."""
    process = psutil.Process(server.process.pid)
    open_ports = {it.raddr.port for it in process.net_connections("tcp") if it.raddr}
    with_something, _, _ = select(clients, [], [], 0)
    return [raw for raw in with_something if raw.getsockname()[1] not in open_ports]
