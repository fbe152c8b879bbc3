"""Counts actions against `settings.RATES`."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, NoReturn

from django.conf import settings

from chat.live.rates.actions import ADMIN_SIGN_IN, BYTES, SIGN_IN
from chat.live.rates.moving_window import MovingWindow
from chat.live.rates.open_connections import OpenConnections
from chat.live.rates.shared import Hit, Refusal, SharedCounters
from chat.live.rates.too_fast import MEMBER, MEMBER_BYTES, NETWORK, TooFast

LOG_SECONDS = 60  # a network that exceeds its rates is logged once in that time

logger = logging.getLogger(__name__)


class Client(NamedTuple):
    """Whose actions are counted. None: unknown, and not counted."""

    member: str | None  # the id, or for a sign-in the name of the account
    network: str | None
    is_guest: bool = True


class Rates:
    """Counts what each member and each network does, each action by itself."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds, for what this process counts for itself."""
        self._clock = clock
        self._of_members: dict[str, MovingWindow] = {}
        self._of_networks: dict[str, MovingWindow] = {}
        for action, (of_member, of_network) in settings.RATES.items():
            if of_member:
                self._of_members[action] = MovingWindow(f"{action}:member", *of_member)
            if of_network:
                self._of_networks[action] = MovingWindow(f"{action}:network", *of_network)
        self._log_lines = MovingWindow("log", 1, LOG_SECONDS)
        self._shared = SharedCounters(settings.REDIS_URL) if settings.REDIS_URL else None
        self.connections = OpenConnections(self._shared)

    async def count(self, client: Client, *actions: str, bytes: int = 0) -> None:
        """Count actions before the client does them. Raises TooFast; then none is counted.

        `bytes`: what the database will grow by, about.
        """
        hits = self._hits(client, actions, bytes)
        if not hits:
            return
        if (shared := self._shared) is None:
            refusal = self._hit_local(hits)
        else:
            refusal = await shared.ask(lambda: shared.hit(hits), lambda: self._hit_local(hits))
        if refusal is not None:
            self._refuse(client, *refusal)

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        await self.connections.aclose()

    def _hits(self, client: Client, actions: Sequence[str], bytes: int) -> list[Hit]:
        hits: list[Hit] = []
        for action in actions:
            hits += self._of(client, action, 1)
        if bytes:
            hits += self._of(client, BYTES, bytes)
        return hits

    def _of(self, client: Client, action: str, cost: int) -> Iterator[Hit]:
        of_member, of_network = self._of_members.get(action), self._of_networks.get(action)
        if of_member is not None and client.member is not None:
            yield Hit(of_member, client.member, cost)
        is_counted = client.is_guest or action != BYTES
        if of_network is not None and client.network is not None and is_counted:
            yield Hit(of_network, client.network, cost)

    def _hit_local(self, hits: Sequence[Hit]) -> Refusal | None:
        now = self._clock()
        slowest, longest = None, 0.0
        for window, key, cost in hits:
            wait = window.wait(key, cost, now)
            if wait > longest:
                slowest, longest = window, wait
        if slowest is not None:
            return Refusal(slowest, longest)
        for window, key, cost in hits:
            window.hit(key, cost, now)
        return None

    def _refuse(self, client: Client, window: MovingWindow, wait: float) -> NoReturn:
        if window in self._of_networks.values():
            self._log(client, window)
            raise TooFast(NETWORK, wait)
        if window in (self._of_members.get(SIGN_IN), self._of_members.get(ADMIN_SIGN_IN)):
            self._log(client, window)
        if window is self._of_members.get(BYTES):
            raise TooFast(MEMBER_BYTES, wait)
        raise TooFast(MEMBER, wait, amount=window.amount, seconds=window.seconds)

    def _log(self, client: Client, window: MovingWindow) -> None:
        """Log what a network does too often, once in LOG_SECONDS at most."""
        now = self._clock()
        if not self._log_lines.wait(str(client.network), 1, now):
            self._log_lines.hit(str(client.network), 1, now)
            logger.warning(
                "network %s: more than %d in %d s (%s)",
                client.network,
                window.amount,
                window.seconds,
                window.name,
            )
