"""Posts to other servers: guarded, bounded in time and bytes; redirects are not followed."""

import asyncio
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpcore

from chat.link_cards.network import GuardedNetwork
from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import PORTS, Target, target_of

CONNECT_SECONDS = 5
KEPT_SECONDS = 30  # a connection, for the next post


class TooSlow(Exception):
    """There was no answer in time."""


class Broken(Exception):
    """The connection failed or broke. The message says how, without the address."""


class Bounds(NamedTuple):
    """Of what a client posts at once, waits for and reads."""

    connections: int
    kept_connections: int
    read_seconds: int
    answer_bytes: int


class Posted(NamedTuple):
    """An answer. Of what is too long, or compressed, there is no body."""

    status: int
    body: bytes
    retry_after: timedelta | None


def secure_target(url: str) -> Target:
    """The target of an address of https, on its port, and not this server. Raises NoCard."""
    target = target_of(url)
    if (target.scheme, target.port) != ("https", PORTS["https"]):
        raise NoCard("not https, on its port")
    return target


class Poster:
    """Belongs to one event loop, where it keeps some connections open for the next post."""

    def __init__(
        self,
        user_agent: str,
        bounds: Bounds,
        network: GuardedNetwork,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._user_agent, self._bounds = user_agent, bounds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=bounds.connections,
            max_keepalive_connections=bounds.kept_connections,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=network,
        )

    async def post(
        self, to: Target, headers: Mapping[str, str], body: bytes, whole_seconds: float
    ) -> Posted:
        """`whole_seconds` has connecting and the answer in it. Raises TooSlow, Broken, NoCard."""
        try:
            async with asyncio.timeout(whole_seconds):
                return await self._post(to, headers, body, whole_seconds)
        except (TimeoutError, httpcore.TimeoutException):
            raise TooSlow from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Broken(type(error).__name__) from None

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _post(
        self, to: Target, headers: Mapping[str, str], body: bytes, whole_seconds: float
    ) -> Posted:
        url = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.path)
        sent = {
            "Host": to.authority,
            "User-Agent": self._user_agent,
            "Accept-Encoding": "identity",
            "Content-Length": str(len(body)),
            **headers,
        }
        seconds = {
            "connect": CONNECT_SECONDS,
            "read": self._bounds.read_seconds,
            "write": self._bounds.read_seconds,
            "pool": whole_seconds,
        }
        async with self._pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": seconds}
        ) as answer:
            read = await _body(answer, self._bounds.answer_bytes)
            return Posted(answer.status, read, _retry_after(answer))


async def _body(answer: httpcore.Response, most: int) -> bytes:
    """A short body that is not compressed; what is longer ends its connection."""
    body = bytearray()
    async for piece in answer.aiter_stream():
        body += piece
        if len(body) > most:
            return b""
    return b"" if _is_coded(answer) else bytes(body)


def _is_coded(answer: httpcore.Response) -> bool:
    codings = _values(answer, b"content-encoding")
    return any(it.strip().lower() not in {b"", b"identity"} for it in codings)


def _retry_after(answer: httpcore.Response) -> timedelta | None:
    """What RFC 9110, 10.2.3 has: seconds, or a date."""
    found = _values(answer, b"retry-after")
    text = found[0].decode("latin-1").strip() if found else ""
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=int(text[:6]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - datetime.now(UTC), timedelta())


def _values(answer: httpcore.Response, header: bytes) -> list[bytes]:
    return [it for name, it in answer.headers if name.lower() == header]
