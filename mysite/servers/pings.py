"""How many pings and pongs one connection may send: the servers answer them by themselves."""

import time

from django.conf import settings

from chat.live.rates import TokenBucket

PINGS_BURST = 100
PINGS_PER_SECOND = 5


class PingLimit:
    """Counts the pings and pongs of one connection."""

    def __init__(self) -> None:
        self._bucket = TokenBucket(PINGS_BURST, PINGS_PER_SECOND, time.monotonic)

    def is_exceeded(self) -> bool:
        """Count a ping or pong. Returns whether the connection is to be closed with 4429."""
        return bool(settings.RATES) and self._bucket.take() > 0
