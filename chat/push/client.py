"""Posts to push services: guarded, bounded in time and bytes; redirects are not followed."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpcore

from chat.link_cards.network import GuardedNetwork
from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import Target, secure_target_of

WHOLE_SECONDS = 10  # of a push, with connecting
CONNECT_SECONDS = 5
READ_SECONDS = 5
SLOW_SECONDS = 30  # a host that did not answer is not asked, so it takes no turns of others
SLOW_MAX = 1_000  # hosts that are remembered
CONNECTIONS_MAX = 20
KEPT_CONNECTIONS = 4
KEPT_SECONDS = 30  # a connection, for the next push
BODY_MAX_BYTES = 4_096  # of an answer: what is longer ends its connection
GONE = {404, 410}  # RFC 8030: the subscription has ended
USER_AGENT = "LobbyPush/1.0 (chat server)"


class UnusableEndpoint(Exception):
    """Nothing is ever pushed to such an address."""


class Unanswered(Exception):
    """The push service gave no usable answer. The message says why, without the address."""


class Answer(NamedTuple):
    """What a push service answers."""

    status: int
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    @property
    def is_too_large(self) -> bool:
        return self.status == 413


def endpoint_of(url: str) -> Target:
    """The target of an endpoint: https, and not this server itself. Raises UnusableEndpoint."""
    try:
        return secure_target_of(url)
    except NoCard as error:
        raise UnusableEndpoint(str(error)) from None


class Client:
    """Belongs to one event loop, where it keeps some connections open for the next push."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=network,
        )
        self._slow: dict[str, float] = {}  # until when, by host

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unanswered."""
        if self._slow.get(target.host, 0) > time.monotonic():
            raise Unanswered("too slow a moment ago")
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._post(target, headers, body)
        except (TimeoutError, httpcore.TimeoutException):
            self._note_slow(target.host)
            raise Unanswered("too slow") from None
        except NoCard as error:  # of the network's guard
            raise Unanswered(str(error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unanswered(type(error).__name__) from None

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _note_slow(self, host: str) -> None:
        now = time.monotonic()
        if len(self._slow) >= SLOW_MAX:
            self._slow = {it: until for it, until in self._slow.items() if until > now}
        if len(self._slow) < SLOW_MAX:
            self._slow[host] = now + SLOW_SECONDS

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        sent = {
            "Host": target.authority,
            "User-Agent": USER_AGENT,
            "Content-Length": str(len(body)),
            **headers,
        }
        seconds = {
            "connect": CONNECT_SECONDS,
            "read": READ_SECONDS,
            "write": READ_SECONDS,
            "pool": WHOLE_SECONDS,
        }
        async with self._pool.stream(
            "POST", url, headers=list(sent.items()), content=body, extensions={"timeout": seconds}
        ) as answer:
            await _skip(answer)
            return Answer(answer.status, retry_after(answer))


async def _skip(answer: httpcore.Response) -> None:
    """Read a short body, so that the connection can be used again."""
    size = 0
    async for piece in answer.aiter_stream():
        size += len(piece)
        if size > BODY_MAX_BYTES:
            return


def retry_after(answer: httpcore.Response) -> timedelta | None:
    """What RFC 9110, 10.2.3 has: seconds, or a date."""
    found = [it for name, it in answer.headers if name.lower() == b"retry-after"]
    text = found[0].decode("latin-1").strip() if found else ""
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=int(text[:6]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - datetime.now(UTC), timedelta())
