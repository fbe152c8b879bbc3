"""Posts to push services, which may be slow: chat/link_cards/posting.py has the bounds."""

import ssl
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from chat.link_cards.network import GuardedNetwork
from chat.link_cards.no_card import NoCard
from chat.link_cards.posting import Bounds, Broken, Poster, TooSlow, secure_target
from chat.link_cards.targets import Target

WHOLE_SECONDS = 10  # of a push, with connecting
SLOW_SECONDS = 30  # a host that did not answer is not asked, so it takes no turns of others
SLOW_MAX = 1_000  # hosts that are remembered
BOUNDS = Bounds(connections=20, kept_connections=4, read_seconds=5, answer_bytes=4_096)
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
        return secure_target(url)
    except NoCard as error:
        raise UnusableEndpoint(str(error)) from None


class Client:
    """Belongs to one event loop, where it keeps some connections open for the next push."""

    def __init__(self, network: GuardedNetwork, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the authorities that are trusted; by default those of the system."""
        self._poster = Poster(USER_AGENT, BOUNDS, network, tls)
        self._slow: dict[str, float] = {}  # until when, by host

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unanswered."""
        if self._slow.get(target.host, 0) > time.monotonic():
            raise Unanswered("too slow a moment ago")
        try:
            posted = await self._poster.post(target, headers, body, WHOLE_SECONDS)
        except TooSlow:
            self._note_slow(target.host)
            raise Unanswered("too slow") from None
        except (Broken, NoCard) as error:
            raise Unanswered(str(error)) from None
        return Answer(posted.status, posted.retry_after)

    async def aclose(self) -> None:
        await self._poster.aclose()

    def _note_slow(self, host: str) -> None:
        now = time.monotonic()
        if len(self._slow) >= SLOW_MAX:
            self._slow = {it: until for it, until in self._slow.items() if until > now}
        if len(self._slow) < SLOW_MAX:
            self._slow[host] = now + SLOW_SECONDS
