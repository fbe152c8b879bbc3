"""Posts deliveries, and reads what is answered: chat/link_cards/posting.py has the bounds."""

import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from chat.link_cards.network import GuardedNetwork, resolve
from chat.link_cards.no_card import NoCard
from chat.link_cards.posting import Bounds, Broken, Poster, TooSlow, secure_target
from chat.link_cards.targets import Target
from chat.models.webhook import GONE, Trouble

WHOLE_SECONDS = 15  # of a delivery, with connecting and its answer
CONNECTIONS_MAX = 100  # deliveries on their way at once
ANSWER_MAX_BYTES = 64 * 1024  # what is longer is no reply
BOUNDS = Bounds(
    connections=CONNECTIONS_MAX,
    kept_connections=20,
    read_seconds=10,
    answer_bytes=ANSWER_MAX_BYTES,
)
RESOLVED_AT_ONCE = 16  # a name server may keep a thread waiting long after its delivery failed
REDIRECTING = range(300, 400)
USER_AGENT = "LobbyWebhook/1.0 (chat server)"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}

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
        return secure_target(url)
    except NoCard as error:
        raise UnusableAddress(str(error)) from None


def guarded() -> GuardedNetwork:
    """The network, where receivers have threads of their own to be resolved."""
    return GuardedNetwork(lambda address: None, partial(resolve, threads=_resolvers))


class Client:
    """Belongs to one event loop, where it keeps some connections open for the next delivery."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._poster = Poster(USER_AGENT, BOUNDS, network, tls)

    async def post(self, to: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unanswered."""
        try:
            return Answer(*await self._poster.post(to, JSON | dict(headers), body, WHOLE_SECONDS))
        except TooSlow:
            raise Unanswered(Trouble.SLOW) from None
        except NoCard:  # of the network's guard
            raise Unanswered(Trouble.ADDRESS) from None
        except Broken:
            raise Unanswered(Trouble.BROKEN) from None

    async def aclose(self) -> None:
        await self._poster.aclose()
