"""Counts actions against `settings.RATES`."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, NoReturn

from django.conf import settings

from chat.live.rates.actions import ADMIN_SIGN_IN, BYTES, SIGN_IN, UPLOAD
from chat.live.rates.moving_window import MEMBER, NETWORK, MovingWindow
from chat.live.rates.open_connections import OpenConnections
from chat.live.rates.shared import Hit, Refusal, SharedCounters
from chat.live.rates.too_fast import (
    OF_MEMBER,
    OF_MEMBER_BYTES,
    OF_MEMBER_UPLOADS,
    OF_NETWORK,
    TooFast,
)

REFUSALS, REFUSAL_SECONDS = 4, 10 * 60  # a program that is refused more often does not wait
LOG_SECONDS = 60  # a network that exceeds its rates is logged once in that time

OF_BYTES = {BYTES: OF_MEMBER_BYTES, UPLOAD: OF_MEMBER_UPLOADS}  # rates that count bytes

logger = logging.getLogger(__name__)

Windows = tuple[MovingWindow | None, MovingWindow | None]  # of members, and of networks


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
        self._windows = {action: _windows(action, *of) for action, of in settings.RATES.items()}
        self._log_lines = MovingWindow("log", NETWORK, 1, LOG_SECONDS)
        self._refusals = MovingWindow("refusal", MEMBER, REFUSALS, REFUSAL_SECONDS)
        self._stops = MovingWindow("stop", MEMBER, 1, REFUSAL_SECONDS)
        self._shared = SharedCounters(settings.REDIS_URL) if settings.REDIS_URL else None
        self.connections = OpenConnections(self._shared)

    async def count(self, client: Client, *actions: str, bytes: int = 0, uploaded: int = 0) -> None:
        """Count actions before the client does them. Raises TooFast; then none is counted.

        `bytes`: what the database will grow by, about. `uploaded`: the bytes of a file.
        """
        hits = self._hits(client, actions, {BYTES: bytes, UPLOAD: uploaded})
        if not hits:
            return
        if (shared := self._shared) is None:
            refusal = self._hit_local(hits)
        else:
            refusal = await shared.ask(lambda: shared.hit(hits), lambda: self._hit_local(hits))
        if refusal is not None:
            self._refuse(client, *refusal)

    def note_refusal(self, member: str) -> bool:
        """Note that a member was refused. True, once in REFUSAL_SECONDS: it keeps on trying.

        This process counts alone, so that refusals cost no round trip.
        """
        now = self._clock()
        if not self._refusals.wait(member, 1, now):
            self._refusals.hit(member, 1, now)
            return False
        if self._stops.wait(member, 1, now):
            return False
        self._stops.hit(member, 1, now)
        return True

    async def aclose(self) -> None:
        """Stop what runs in the background."""
        await self.connections.aclose()

    def _hits(
        self, client: Client, actions: Sequence[str], amounts: Mapping[str, int]
    ) -> list[Hit]:
        member, network, is_guest = client
        hits: list[Hit] = []
        for action in (*actions, *(it for it, amount in amounts.items() if amount)):
            of_member, of_network = self._windows.get(action, (None, None))
            cost = amounts.get(action, 1)
            if of_member is not None and member is not None:
                hits.append((of_member, member, cost))
            if of_network is not None and network is not None and (is_guest or action != BYTES):
                hits.append((of_network, network, cost))
        return hits

    def _hit_local(self, hits: Sequence[Hit]) -> Refusal | None:
        now = self._clock()
        slowest, longest = None, 0.0
        for window, key, cost in hits:
            wait = window.wait(key, cost, now)
            if wait > longest:
                slowest, longest = window, wait
        if slowest is not None:
            return slowest, longest
        for window, key, cost in hits:
            window.hit(key, cost, now)
        return None

    def _refuse(self, client: Client, window: MovingWindow, wait: float) -> NoReturn:
        if window.of == NETWORK or window.action in (SIGN_IN, ADMIN_SIGN_IN):
            self._log(client, window)
        if window.of == NETWORK:
            raise TooFast(OF_NETWORK, wait)
        if window.action in OF_BYTES:
            raise TooFast(OF_BYTES[window.action], wait)
        raise TooFast(OF_MEMBER, wait, amount=window.amount, seconds=window.seconds)

    def _log(self, client: Client, window: MovingWindow) -> None:
        """Log what a network does too often, once in LOG_SECONDS at most."""
        network, now = str(client.network), self._clock()
        if not self._log_lines.wait(network, 1, now):
            self._log_lines.hit(network, 1, now)
            logger.warning(
                "network %s: %s rate exceeded, %d in %d s",
                network,
                window.action,
                window.amount,
                window.seconds,
            )


def _windows(
    action: str, of_member: tuple[int, int] | None, of_network: tuple[int, int] | None
) -> Windows:
    return (
        MovingWindow(action, MEMBER, *of_member) if of_member else None,
        MovingWindow(action, NETWORK, *of_network) if of_network else None,
    )
