"""How many pings and pongs one connection may send: the servers answer them by themselves."""

import time

from django.conf import settings

from chat.live.rates import TokenBucket

PINGS_BURST = 100
PINGS_PER_SECOND = 5


class PingLimited:
    """A WebSocket protocol that closes the connection of a client that sends many pings."""

    _pings: TokenBucket | None = None  # from the first ping

    def takes_pings(self) -> bool:
        raise NotImplementedError

    def close_for_pings(self) -> None:
        """Close with 4429."""
        raise NotImplementedError

    def may_ping(self) -> bool:
        """Count a ping or pong. Returns whether to take it; closes the connection if too many."""
        if not self.takes_pings():
            return False
        if self._pings is None:
            self._pings = TokenBucket(PINGS_BURST, PINGS_PER_SECOND, time.monotonic)
        if settings.RATES and self._pings.take() > 0:
            self.close_for_pings()
            return False
        return True
