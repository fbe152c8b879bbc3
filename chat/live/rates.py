"""How much a member may post, over all their connections; and over all processes, where Redis joins
them.
"""

import asyncio
import logging
import time
from math import ceil
from typing import Any

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter as SharedLimiter
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from redis.asyncio import BlockingConnectionPool

from chat.models import Member
from chat.protocol import Translatable

ANSWER_SECONDS = 1.0  # for Redis; then each process counts for itself
AWAY_SECONDS = 10.0  # before Redis is asked again
CONNECTIONS = 20  # to Redis; further counts wait for one

logger = logging.getLogger(__name__)


class TooFast(Exception):
    """One more than is allowed; says in how many seconds the next is welcome."""

    code = "too_fast"

    def __init__(self, item: RateLimitItem, reset_at: float) -> None:
        self.retry_after = max(0.1, ceil(10 * (reset_at - time.time())) / 10)
        self.detail = Translatable(
            "At most %(amount)s in %(seconds)s seconds. Try again in %(wait)s s.",
            amount=item.amount,
            seconds=item.get_expiry(),
            wait=_as_read(self.retry_after),
        )
        super().__init__(self.detail)


class Rates:
    """What each member has done lately, by what it was."""

    def __init__(self) -> None:
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = SharedLimiter(_redis()) if settings.REDIS_URL else None
        self._away_until = 0.0

    async def count(self, member: Member, what: str) -> None:
        """Count what the member is about to do. Raises TooFast."""
        if settings.MESSAGE_RATE is None:
            return
        item = RateLimitItemPerSecond(*settings.MESSAGE_RATE)
        key = what, str(member.uid)
        reset_at = await self._hit_shared(item, *key)
        if reset_at is None and not self._own.hit(item, *key):
            reset_at = self._own.get_window_stats(item, *key).reset_time
        if reset_at:
            raise TooFast(item, reset_at)

    async def _hit_shared(self, item: RateLimitItem, *key: str) -> float | None:
        """When the next is welcome; 0 where this one is, None where no Redis says so."""
        if self._shared is None or time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if await self._shared.hit(item, *key):
                    return 0
                return (await self._shared.get_window_stats(item, *key)).reset_time
        except Exception as error:
            self._away_until = time.monotonic() + AWAY_SECONDS
            logger.warning("Redis does not count messages, each process does: %r", error)
            return None


def _as_read(seconds: float) -> float:
    """Without a fraction where there is none."""
    return int(seconds) if seconds.is_integer() else seconds


def _redis() -> RedisStorage:
    # A pool of our own: the library's refuses the 101st at once, and knows no address of a socket.
    pool: Any = BlockingConnectionPool.from_url(settings.REDIS_URL, max_connections=CONNECTIONS)
    return RedisStorage("async+redis://", implementation="redispy", connection_pool=pool)
