"""The counters that all processes share, in Redis. Each call is one script: one round trip.

The scripts take the time from Redis, so the clocks of the processes do not matter.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis

from chat.live.rates.moving_window import STEPS, MovingWindow

REDIS_TIMEOUT_SECONDS = 1.0  # then this process counts for itself
REDIS_RETRY_SECONDS = 10.0  # after a failure
REDIS_CONNECTIONS = 20  # further calls wait for a free connection
PREFIX = "lobby:rate"

logger = logging.getLogger(__name__)

T = TypeVar("T")


Hit = tuple[MovingWindow, str, int]  # what an action costs in one window: its key, and how much
Refusal = tuple[MovingWindow, float]  # a window that does not allow it, and the seconds until then


# MovingWindow in Lua, for several windows at once: counts in all of them, or in none.
HIT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local steps_of_window = tonumber(ARGV[1])
local windows, slowest, longest = {}, 0, 0
for i, key in ipairs(KEYS) do
  local amount, cost = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local since = now - tonumber(ARGV[3 * i + 1])
  local packed = redis.call('GET', key)
  local steps, excess, wait = {}, math.min(cost, amount) - amount, 0
  for _, step in ipairs(packed and cmsgpack.unpack(packed) or {}) do
    if step[1] > since then
      steps[#steps + 1] = step
      excess = excess + step[2]
    end
  end
  for _, step in ipairs(steps) do
    if excess > 0 then
      excess = excess - step[2]
      wait = step[1] - since
    end
  end
  if wait > longest then
    slowest, longest = i, wait
  end
  windows[i] = steps
end
if longest > 0 then
  return {slowest, tostring(longest)}
end
for i, key in ipairs(KEYS) do
  local cost, seconds, steps = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), windows[i]
  local last = steps[#steps]
  local scale = steps_of_window / seconds
  if last and math.floor(last[1] * scale) == math.floor(now * scale) then
    steps[#steps] = {now, last[2] + cost}
  else
    steps[#steps + 1] = {now, cost}
  end
  redis.call('SET', key, cmsgpack.pack(steps), 'PX', math.ceil(seconds * 1000))
end
return false
"""

# A hash for each key: by process, how many connections it has, and when the report expires.
REPORT = """
local now = tonumber(redis.call('TIME')[1])
local process, lease = ARGV[1], tonumber(ARGV[2])
for i, key in ipairs(KEYS) do
  local own, limit = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local total, reports = own, limit >= 0 and redis.call('HGETALL', key) or {}
  for j = 1, #reports, 2 do
    local count, expiry = string.match(reports[j + 1], '(%d+) (%d+)')
    if tonumber(expiry) < now then
      redis.call('HDEL', key, reports[j])
    elseif reports[j] ~= process then
      total = total + count
    end
  end
  if limit >= 0 and total > limit then
    return i
  end
end
for i, key in ipairs(KEYS) do
  local own = tonumber(ARGV[2 * i + 1])
  if own == 0 then
    redis.call('HDEL', key, process)
  else
    redis.call('HSET', key, process, own .. ' ' .. (now + lease))
    redis.call('EXPIRE', key, lease)
  end
end
return 0
"""


class SharedCounters:
    """The counters in one Redis, for one event loop."""

    def __init__(self, url: str) -> None:
        pool: Any = BlockingConnectionPool.from_url(url, max_connections=REDIS_CONNECTIONS)
        redis = self._redis = Redis(connection_pool=pool)
        self._hit, self._report = redis.register_script(HIT), redis.register_script(REPORT)
        self._retry_at = 0.0

    async def ask(self, shared: Callable[[], Awaitable[T]], local: Callable[[], T]) -> T:
        """Returns what `shared` returns; while Redis does not answer, what `local` returns."""
        if time.monotonic() >= self._retry_at:
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                    return await shared()
            except Exception as error:
                self._retry_at = time.monotonic() + REDIS_RETRY_SECONDS
                logger.warning("Redis does not count rates, each process does: %r", error)
        return local()

    async def hit(self, hits: Sequence[Hit]) -> Refusal | None:
        """Count in all windows, or in none of them: then returns the one with the longest wait."""
        keys = [f"{PREFIX}:{window.action}:{window.of}:{key}" for window, key, _ in hits]
        costs = [it for window, _, cost in hits for it in (window.amount, cost, window.seconds)]
        refused = await self._hit(keys=keys, args=[STEPS, *costs])
        if not refused:
            return None
        index, wait = refused
        return hits[index - 1][0], float(wait)

    async def report(
        self, process: str, lease: int, counts: Mapping[str, int], limits: Mapping[str, int]
    ) -> str | None:
        """Report how many connections of each key a process has, for `lease` seconds.

        Where the processes together would exceed one of the `limits`, nothing is reported, and its
        key is returned.
        """
        keys = [f"{PREFIX}:open:{key}" for key in counts]
        args = [it for key, count in counts.items() for it in (count, limits.get(key, -1))]
        index: int = await self._report(keys=keys, args=[process, lease, *args])
        return list(counts)[index - 1] if index else None
