"""Fetches pages and pictures of strangers: guarded, bounded in bytes, hops and time.

No cookies, no proxies of the environment, and no content codings: nothing is decompressed.
"""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpcore

from chat.link_cards.network import GuardedNetwork
from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import Target, joined

CONNECT_SECONDS = 5
READ_SECONDS = 5  # between two pieces; who calls bounds the whole
REDIRECTS_MAX = 3
REDIRECTING = {301, 302, 303, 307, 308}
USER_AGENT = "LobbyLinkCards/1.0 (chat server; fetches a page that a member linked to)"

FAILURES = (  # of the network, TLS and the other server
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    OSError,
)


class Fetched(NamedTuple):
    """What came: from where, its media type in lower case, its charset, and its bytes."""

    target: Target
    type: str
    charset: str
    body: bytes


class Wanted(NamedTuple):
    """What is asked for. What is longer than `most` bytes is cut, or refused."""

    accept: str
    is_taken: Callable[[str], bool]  # by the media type
    most: int
    is_cut: bool


class Client:
    """Makes a request after the other, each over a connection of its own."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._network, self._tls = network, tls or ssl.create_default_context()

    async def fetch(self, target: Target, wanted: Wanted) -> Fetched:
        """Follow redirects, each checked anew. Raises NoCard."""
        for _ in range(REDIRECTS_MAX + 1):
            answer = await self._ask(target, wanted)
            if isinstance(answer, Fetched):
                return answer
            target = answer
        raise NoCard("too many redirects")

    async def _ask(self, target: Target, wanted: Wanted) -> Fetched | Target:
        """What came, or where a redirect leads."""
        try:
            async with self._answer(target, wanted.accept) as answer:
                return await _taken(answer, target, wanted)
        except FAILURES as error:
            raise NoCard(f"{type(error).__name__}") from None

    @asynccontextmanager
    async def _answer(self, target: Target, accept: str) -> AsyncIterator[httpcore.Response]:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        headers = [
            ("Host", target.authority),
            ("User-Agent", USER_AGENT),
            ("Accept", accept),
            ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ]
        seconds = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._tls, max_connections=1, network_backend=self._network
            ) as pool,
            pool.stream("GET", url, headers=headers, extensions={"timeout": seconds}) as answer,
        ):
            yield answer


async def _taken(answer: httpcore.Response, target: Target, wanted: Wanted) -> Fetched | Target:
    headers = {name.decode("latin-1").lower(): it.decode("latin-1") for name, it in answer.headers}
    if answer.status in REDIRECTING and "location" in headers:
        return joined(target, headers["location"])
    if answer.status != 200:
        raise NoCard(f"status {answer.status}")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise NoCard("a content coding")
    type, _, parameters = headers.get("content-type", "").partition(";")
    type = type.strip().lower()
    if not wanted.is_taken(type):
        raise NoCard("another type")
    body = await _body(answer, headers.get("content-length", ""), wanted)
    return Fetched(target, type, _charset(parameters), body)


async def _body(answer: httpcore.Response, announced: str, wanted: Wanted) -> bytes:
    if not wanted.is_cut and announced.isdecimal() and int(announced[:20]) > wanted.most:
        raise NoCard("too large")
    body = bytearray()
    async for piece in answer.aiter_stream():
        body += piece
        if len(body) > wanted.most and not wanted.is_cut:
            raise NoCard("too large")
        if len(body) >= wanted.most:
            break
    return bytes(body[: wanted.most])


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""
