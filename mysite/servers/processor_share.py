"""A bound on what threads compute: the event loop waits while another thread computes."""

import time
from collections.abc import Callable
from threading import Lock
from typing import ParamSpec, TypeVar

GUESS_SECONDS = 0.01  # that work will compute: counted in advance, so that others do not join it
LOOK_AGAIN_SECONDS = 0.02  # it may have been less

P = ParamSpec("P")
T = TypeVar("T")


class ProcessorShare:
    """What several threads compute together, on average: a part of one processor.

    Work is not interrupted: what it took beyond the share, the next work waits for.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._free_at = 0.0
        self._lock = Lock()

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `work` on this thread, when it is in time. What it waits for counts for nothing."""
        while (seconds := self._wait()) > 0:
            time.sleep(min(seconds, LOOK_AGAIN_SECONDS))
        before = time.thread_time()
        try:
            return work(*args, **kwargs)
        finally:
            self._correct(time.thread_time() - before - GUESS_SECONDS)

    def _wait(self) -> float:
        """How long to wait; where that is over, count what work will take."""
        with self._lock:
            now = time.monotonic()
            if self._free_at <= now:
                self._free_at = now + GUESS_SECONDS / self._share
                return 0.0
            return self._free_at - now

    def _correct(self, seconds: float) -> None:
        """Count what work took beyond the guess, which may be less than nothing."""
        with self._lock:
            if seconds > 0:  # perhaps long after it began
                self._free_at = max(self._free_at, time.monotonic() - seconds)
            self._free_at += seconds / self._share
