"""Leaves the event loop to chat: all uploads of a process together are read at a bounded speed."""

import asyncio

BYTES_PER_SECOND = 25_000_000  # takes up to a sixth of a processor


class Pace:
    """Spreads bytes over time. Waiting for it leaves a body unread, and its client waiting."""

    def __init__(self) -> None:
        self._free_at = 0.0

    async def keep(self, size: int) -> None:
        """Return when so many bytes were in time."""
        now = _now()
        self._free_at = max(self._free_at, now) + size / BYTES_PER_SECOND
        await asyncio.sleep(self._free_at - now)


def _now() -> float:
    return asyncio.get_running_loop().time()
