"""A bound on what threads compute: the event loop waits while another thread computes."""

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ProcessorShare:
    """What several threads compute together, on average: a part of one processor.

    Work is not interrupted: what it took beyond the share, the next work waits for.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._free_at = 0.0

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` on this thread, when it is in time. What it waits for counts for nothing."""
        while (seconds := self._free_at - time.monotonic()) > 0:
            time.sleep(seconds)
        before = time.thread_time()
        try:
            return work(*args, **kwargs)
        finally:
            self._count(time.thread_time() - before)

    def _count(self, seconds: float) -> None:
        began = time.monotonic() - seconds
        self._free_at = max(self._free_at, began) + seconds / self._share
