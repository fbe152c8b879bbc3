"""How many pings and pongs one connection may send: the servers answer them by themselves."""

import time
from operator import xor

from django.conf import settings

from chat.live.rates import TokenBucket

CLOSE_HEAD = b"\x88\x82"  # of a client's close frame with a code: RFC 6455, 5.2 and 5.5.1
CLOSE_CODES = range(1_000, 5_000)
PINGS_BURST = 100
PINGS_PER_SECOND = 5


class PingLimited:
    """A WebSocket protocol that closes the connection of a client that sends many pings."""

    _pings: TokenBucket | None = None  # from the first ping
    is_over = False  # nothing that arrives is parsed any more

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
            self.is_over = True
            self.close_for_pings()
            return False
        return True


def ends_with_close_frame(data: bytes) -> bool:
    """Whether a client that was told to close answers.

    A mask may be any bytes: what begins like a close frame may be the inside of a ping.
    """
    head, mask, masked = data[-8:-6], data[-6:-4], data[-2:]
    return head == CLOSE_HEAD and int.from_bytes(map(xor, mask, masked)) in CLOSE_CODES
