"""How many pings and pongs one connection may send: the servers answer them by themselves."""

import time

from django.conf import settings

from chat.live.rates import TokenBucket

CLOSE_FRAME = 0x88  # the first byte of a close frame: RFC 6455, 5.2
PINGS_BURST = 100
PINGS_PER_SECOND = 5


class PingLimited:
    """A WebSocket protocol that closes the connection of a client that sends many pings."""

    _pings: TokenBucket | None = None  # from the first ping
    is_flooded = False  # with pings: what arrives from now on is thrown away

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
            self.is_flooded = True
            self.close_for_pings()
            return False
        return True


def is_close_frame(data: bytes) -> bool:
    """Whether a client that was told to close answers, with nothing before its close frame."""
    return data[:1] == bytes([CLOSE_FRAME])
