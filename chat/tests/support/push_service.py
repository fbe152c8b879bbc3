"""A push service on loopback, which answers what a test says, and the browsers that use it."""

import asyncio
import json
import os
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import http_ece
import trustme
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from chat.link_cards.network import GuardedNetwork, Place
from chat.models import Member, PushDevice
from chat.push.client import Client
from chat.push.encryption import encoded, point_of

HOST = "push.example"
LOOPBACK = "127.0.0.1"
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def status(code: int, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {code} Some words", "Content-Length: 0", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


async def silent(writer: asyncio.StreamWriter) -> None:
    """Say nothing, until the other one goes."""
    await writer.wait_closed()


async def endless(writer: asyncio.StreamWriter) -> None:
    """An answer without an end, as fast as it is taken."""
    writer.write(b"HTTP/1.1 201 Created\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()
        await asyncio.sleep(0)  # over TLS, draining to nobody waits for nothing


@dataclass
class Browser:
    """A push subscription, and the secrets that only the browser has."""

    name: str
    private: Any = field(default_factory=lambda: generate_private_key(SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"https://{HOST}/{self.name}"

    @property
    def keys(self) -> dict[str, str]:
        point = point_of(self.private.public_key())
        return {"p256dh": encoded(point), "auth": encoded(self.secret)}

    def device(self, member: Member, language: str = "en", **fields: Any) -> PushDevice:
        """Store the subscription as one of the member's."""
        PushDevice.objects.register(member, self.endpoint, language=language, **self.keys, **fields)
        return PushDevice.objects.get(endpoint=self.endpoint)

    def opened(self, body: bytes) -> Any:
        """The JSON of a push: another implementation decrypts it."""
        key, secret = self.private, self.secret
        return json.loads(http_ece.decrypt(body, private_key=key, auth_secret=secret))


@dataclass
class Request:
    head: str
    body: bytes

    @property
    def path(self) -> str:
        return self.head.split(" ")[1]

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.strip().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (it.partition(": ") for it in lines)}


class PushService:
    """What came, and what each path answers: by default that the push is taken."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.arrived = asyncio.Event()  # a request has
        self.connections = 0
        self.port = 0
        self.authority = trustme.CA()
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    def on(self, browser: Browser, answer: Answer) -> None:
        self.answers[f"/{browser.name}"] = answer

    def pushes(self, browser: Browser) -> list[Any]:
        """What the browser got, decrypted."""
        of_browser = (it for it in self.requests if it.path == f"/{browser.name}")
        return [browser.opened(it.body) for it in of_browser]

    async def resolve(self, host: str, port: int) -> list[Place]:
        return [(LOOPBACK, self.port)]

    def client(self, *, is_allowed: Callable[[str], bool] = lambda it: it == LOOPBACK) -> Client:
        network = GuardedNetwork(lambda address: None, self.resolve, is_allowed)
        return Client(network, self.trusting())

    def trusting(self) -> ssl.SSLContext:
        """What trusts the service's certificate."""
        tls = ssl.create_default_context()
        self.authority.configure_trust(tls)
        return tls

    def tls(self) -> ssl.SSLContext:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.authority.issue_cert(HOST).configure_cert(tls)
        return tls

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        self.connections += 1
        try:
            while True:
                await self._serve_one(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the client has enough
        finally:
            writer.close()
            del self._open[writer]

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        request = Request(head.decode(), body)
        self.requests.append(request)
        self.arrived.set()
        answer = self.answers.get(request.path, TAKEN)
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(writer)

    async def end(self) -> None:
        left = dict(self._open)
        for writer, task in left.items():
            writer.transport.abort()
            if task:
                task.cancel()  # over TLS, writing to nobody raises nothing
        await asyncio.gather(*filter(None, left.values()), return_exceptions=True)


S = TypeVar("S", bound=PushService)


@asynccontextmanager
async def serving_pushes() -> AsyncIterator[PushService]:
    async with serving(PushService()) as service:
        yield service


@asynccontextmanager
async def serving(service: S) -> AsyncIterator[S]:
    server = await asyncio.start_server(service.serve, LOOPBACK, 0, ssl=service.tls())
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        await service.end()
