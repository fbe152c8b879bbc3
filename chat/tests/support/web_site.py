"""A web server on loopback that answers what a test says, and a way to it for link cards."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from chat.link_cards.client import Client
from chat.link_cards.fetching import Fetcher
from chat.link_cards.network import GuardedNetwork, Place

LOOPBACK = "127.0.0.1"

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
Answer = bytes | Handler


def page(html: str | bytes, *headers: str, type: str = "text/html; charset=utf-8") -> bytes:
    body = html.encode() if isinstance(html, str) else html
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def endless(writer: asyncio.StreamWriter) -> None:
    """A page that never ends, as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Endless</title>")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    """A server that says nothing, until the other one goes."""
    await writer.wait_closed()


class Site:
    """What answers each path, by the host that was asked for, and the requests that came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []  # whole heads
        self.port = 0
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    def on(self, path: str, answer: Answer) -> None:
        self.answers[path] = answer

    @property
    def paths(self) -> list[str]:
        return [it.split(" ")[1] for it in self.requests]

    async def resolve(self, host: str, port: int) -> list[Place]:
        """All names are here."""
        return [(LOOPBACK, self.port)]

    def network(
        self,
        count: Callable[[str], None] = lambda address: None,
        is_allowed: Callable[[str], bool] = lambda address: address == LOOPBACK,
    ) -> GuardedNetwork:
        return GuardedNetwork(count, self.resolve, is_allowed)

    def client(self, tls: ssl.SSLContext | None = None) -> Client:
        return Client(self.network(), tls)

    def fetcher(self, **options: Callable[[], float]) -> Fetcher:
        return Fetcher(self.network, **options)  # type: ignore[arg-type]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head)
            answer = self.answers.get(head.split(" ")[1], b"HTTP/1.1 404 Not Found\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has enough
        finally:
            writer.close()
            del self._connections[writer]

    async def _end(self) -> None:
        """Break the connections that are left."""
        left = dict(self._connections)
        for writer in left:
            writer.transport.abort()
        await asyncio.gather(*filter(None, left.values()), return_exceptions=True)


@asynccontextmanager
async def serving_site(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site._serve, LOOPBACK, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        await site._end()
