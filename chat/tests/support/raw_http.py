"""HTTP by hand: no library would send what these tests send, or read as badly."""

import socket
from contextlib import suppress
from urllib.parse import quote

import psutil

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server


def connect(server: Server, host: str = "127.0.0.1", receive_bytes: int = 0) -> socket.socket:
    """A connection from an address of this machine, perhaps with a small buffer to read from."""
    raw = socket.socket()
    raw.settimeout(TIMEOUT_SECONDS)
    if receive_bytes:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    raw.bind((host, 0))
    raw.connect(("127.0.0.1", server.port))
    return raw


def head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    return "\r\n".join(lines).encode()


def handshake(room: str) -> bytes:
    """The opening handshake of a WebSocket: RFC 6455, 4.1."""
    return head(
        "GET",
        f"/ws/chat/{quote(room)}/",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )


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


def ports_of_clients(server: Server) -> set[int]:
    """The ports of all who are connected to the server."""
    process = psutil.Process(server.process.pid)
    return {it.raddr.port for it in process.net_connections("tcp") if it.raddr}
