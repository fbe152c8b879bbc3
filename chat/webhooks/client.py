"""Posts deliveries: guarded, bounded in time and bytes; redirects are not followed."""

import asyncio
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import httpcore

from chat.link_cards.network import GuardedNetwork, resolve
from chat.link_cards.no_card import NoCard
from chat.link_cards.targets import Target, secure_target_of
from chat.models.webhook import GONE, Trouble
from chat.push.client import retry_after

WHOLE_SECONDS = 15  # of a delivery, with connecting and its answer
CONNECT_SECONDS = 5
READ_SECONDS = 10
CONNECTIONS_MAX = 100  # deliveries on their way at once
KEPT_CONNECTIONS = 20
KEPT_SECONDS = 30  # a connection, for the next delivery
ANSWER_MAX_BYTES = 64 * 1024  # what is longer is no reply
RESOLVED_AT_ONCE = 16  # a name server may keep a thread waiting long after its delivery failed
REDIRECTING = range(300, 400)
USER_AGENT = "LobbyWebhook/1.0 (chat server)"

_resolvers = ThreadPoolExecutor(RESOLVED_AT_ONCE, thread_name_prefix="webhook-resolver")


class UnusableAddress(Exception):
    """Nothing is ever pushed to such an address."""


class Unanswered(Exception):
    """There was no usable answer."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Answer(NamedTuple):
    """What a receiver answers. Of what is too long, or compressed, there is no body."""

    status: int
    body: bytes = b""
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE

    @property
    def trouble(self) -> Trouble:
        """What is wrong with an answer that takes nothing."""
        return Trouble.REDIRECT if self.status in REDIRECTING else Trouble.STATUS


def target(url: str) -> Target:
    """The target of a webhook: https, and not this server itself. Raises UnusableAddress."""
    try:
        return secure_target_of(url)
    except NoCard as error:
        raise UnusableAddress(str(error)) from None


def guarded() -> GuardedNetwork:
    """The network, where receivers have threads of their own to be resolved."""
    return GuardedNetwork(lambda address: None, partial(resolve, threads=_resolvers))


class Client:
    """Belongs to one event loop, where it keeps some connections open for the next delivery."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=KEPT_SECONDS,
            network_backend=network,
        )

    async def post(self, to: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unanswered."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._post(to, headers, body)
        except (TimeoutError, httpcore.TimeoutException):
            raise Unanswered(Trouble.SLOW) from None
        except NoCard:  # of the network's guard
            raise Unanswered(Trouble.ADDRESS) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            raise Unanswered(Trouble.BROKEN) from None

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _post(self, to: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        url = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.path)
        sent = {
            "Host": to.authority,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
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
            read = await _body(answer)
            return Answer(answer.status, read, retry_after(answer))


async def _body(answer: httpcore.Response) -> bytes:
    """A short body that is not compressed; what is longer ends its connection."""
    body = bytearray()
    async for piece in answer.aiter_stream():
        body += piece
        if len(body) > ANSWER_MAX_BYTES:
            return b""
    return b"" if _is_coded(answer) else bytes(body)


def _is_coded(answer: httpcore.Response) -> bool:
    codings = [it for name, it in answer.headers if name.lower() == b"content-encoding"]
    return any(it.strip().lower() not in {b"", b"identity"} for it in codings)
