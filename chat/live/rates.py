"""Rate limits: how much a member may post, over all connections.

With Redis, all processes count together; without Redis, each process counts for itself.
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

REDIS_TIMEOUT_SECONDS = 1.0  # then this process counts for itself
REDIS_RETRY_SECONDS = 10.0  # after a failure
REDIS_CONNECTIONS = 20  # further calls wait for a free connection

logger = logging.getLogger(__name__)


class TooFast(Exception):
    """The member exceeded the rate. `retry_after` is in seconds."""

    code = "too_fast"

    def __init__(self, limit: RateLimitItem, reset_at: float) -> None:
        """`reset_at` is a `time.time()`."""
        self.retry_after = max(0.1, ceil(10 * (reset_at - time.time())) / 10)
        self.detail = Translatable(
            "At most %(amount)s in %(seconds)s seconds. Try again in %(wait)s s.",
            amount=limit.amount,
            seconds=limit.get_expiry(),
            wait=_without_zero_fraction(self.retry_after),
        )
        super().__init__(self.detail)


class Rates:
    """Counts what each member does, each action by itself, against MESSAGE_RATE."""

    def __init__(self) -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._shared = SharedLimiter(_redis_storage()) if settings.REDIS_URL else None
        self._redis_retry_at = 0.0

    async def count(self, member: Member, action: str) -> None:
        """Count an action before the member does it. Raises TooFast; that is not counted."""
        if settings.MESSAGE_RATE is None:
            return
        limit = RateLimitItemPerSecond(*settings.MESSAGE_RATE)
        key = action, str(member.uid)
        reset_at = await self._hit_shared(limit, *key)
        if reset_at is None and not self._local.hit(limit, *key):
            reset_at = self._local.get_window_stats(limit, *key).reset_time
        if reset_at:
            raise TooFast(limit, reset_at)

    async def _hit_shared(self, limit: RateLimitItem, *key: str) -> float | None:
        """Returns 0 if allowed, else when the next is; None if Redis is not used or fails."""
        if self._shared is None or time.monotonic() < self._redis_retry_at:
            return None
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                if await self._shared.hit(limit, *key):
                    return 0
                return (await self._shared.get_window_stats(limit, *key)).reset_time
        except Exception as error:
            self._redis_retry_at = time.monotonic() + REDIS_RETRY_SECONDS
            logger.warning("Redis does not count messages, each process does: %r", error)
            return None


def _without_zero_fraction(seconds: float) -> float:
    return int(seconds) if seconds.is_integer() else seconds


def _redis_storage() -> RedisStorage:
    # Not the pool of `limits`: that raises when all connections are in use, and parses no unix://.
    pool: Any = BlockingConnectionPool.from_url(
        settings.REDIS_URL, max_connections=REDIS_CONNECTIONS
    )
    return RedisStorage("async+redis://", implementation="redispy", connection_pool=pool)
