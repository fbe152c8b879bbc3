"""A proxy that has Lobby under a path, as an operator sets one up, with its usual mistakes."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from chat.tests.support.servers import Server

CHUNK_BYTES = 64 * 1024
UPGRADE = re.compile(rb"\r\n(upgrade|connection):[^\r]*", re.IGNORECASE)


class PrefixProxy(ThreadingTCPServer):
    """Passes on requests under `prefix` to a port, one a connection; refuses the others."""

    def __init__(self, port: int, prefix: str, strips: bool, upgrades: bool) -> None:
        self.target = "127.0.0.1", port
        self.connections: set[socket.socket] = set()
        self.prefix, self.strips, self.upgrades = prefix.encode(), strips, upgrades
        super().__init__(("127.0.0.1", 0), Handler)

    def rewritten(self, head: bytes) -> bytes:
        """The start and the headers of a request, as Lobby gets them."""
        method, target, rest = head.split(b" ", 2)
        if self.strips:
            target = target.removeprefix(self.prefix)
        if not self.upgrades or b"upgrade: websocket" not in rest.lower():
            rest = UPGRADE.sub(b"", rest)
            rest = rest.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        return b" ".join([method, target, rest])

    def server_close(self) -> None:
        for connection in list(self.connections):
            end(connection)
        super().server_close()  # waits for the threads


class Handler(StreamRequestHandler):
    server: PrefixProxy

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def handle(self) -> None:
        head = self._head()
        if head and not head.split(b" ")[1].startswith(self.server.prefix):
            self.wfile.write(b"HTTP/1.1 404 Elsewhere\r\nContent-Length: 0\r\n\r\n")
        elif head:
            self._forward(self.server.rewritten(head))

    def _head(self) -> bytes:
        """Empty where a browser opened a connection and asked nothing."""
        lines = []
        while (line := self.rfile.readline()) not in {b"\r\n", b""}:
            lines.append(line)
        return b"".join([*lines, line]) if lines else b""

    def _forward(self, head: bytes) -> None:
        try:
            target = socket.create_connection(self.server.target)
        except OSError:
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with target:
            target.sendall(head)
            up = Thread(target=pass_on, args=(self.rfile.read1, target.sendall, target))
            up.start()
            pass_on(target.recv, self.connection.sendall, self.connection)
            up.join()


def pass_on(
    read: Callable[[int], bytes], write: Callable[[bytes], Any], receiver: socket.socket
) -> None:
    with suppress(OSError):
        while data := read(CHUNK_BYTES):
            write(data)
    end(receiver)


def end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def behind_a_proxy(
    server: Server, prefix: str, *, strips: bool, upgrades: bool = True
) -> Iterator[str]:
    """The address of Lobby's index behind a proxy, which may remove its prefix, or lose Upgrade."""
    with PrefixProxy(server.port, prefix, strips, upgrades) as proxy:
        Thread(target=proxy.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}{prefix}/"
        finally:
            proxy.shutdown()
