"""Requests as bytes, which no client library would send."""

import socket

from chat.tests.support.clients import TIMEOUT_SECONDS
from chat.tests.support.servers import Server

HANDSHAKE = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
TOKEN = b"x" * 32
MAY_POST = (b"Cookie: csrftoken=" + TOKEN, b"X-CSRFToken: " + TOKEN)


def request(target: bytes, *headers: bytes, method: bytes = b"GET", body: bytes = b"") -> bytes:
    """A request with a Host header; with a body, also with its length."""
    length = (b"Content-Length: %d" % len(body),) if body else ()
    start = method + b" " + target + b" HTTP/1.1"
    return b"\r\n".join([start, b"Host: localhost", *headers, *length, b"", body])


def form(target: bytes, content_type: bytes, body: bytes) -> bytes:
    """A form that passes the check for forged ones (CSRF)."""
    return request(target, *MAY_POST, b"Content-Type: " + content_type, method=b"POST", body=body)


def answer(server: Server, data: bytes) -> bytes:
    """The beginning of what the server answers, with all headers; empty if it closes."""
    with socket.create_connection(("127.0.0.1", server.port), TIMEOUT_SECONDS) as connection:
        connection.sendall(data)
        received = b""
        while b"\r\n\r\n" not in received and (part := connection.recv(64 * 1024)):
            received += part
        return received


def status(server: Server, data: bytes) -> int:
    """The status of the answer."""
    return int(answer(server, data).split()[1])
