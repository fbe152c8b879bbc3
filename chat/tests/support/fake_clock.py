"""An event loop with a fake clock: hours of timers pass in a moment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _FakeClockSelector(selectors.DefaultSelector):
    """Advances the clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("No timer is left to advance the clock to.")
        self.now += max(0.0, timeout)
        return super().select(0)


class FakeClockLoop(asyncio.SelectorEventLoop):
    """Advances to the next timer when idle. It does not wait for threads, so use none."""

    def __init__(self) -> None:
        self._fake_selector = _FakeClockSelector()
        super().__init__(self._fake_selector)

    def time(self) -> float:
        return self._fake_selector.now


def run_with_fake_clock(coroutine: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` on a FakeClockLoop."""
    with asyncio.Runner(loop_factory=FakeClockLoop) as runner:
        return runner.run(coroutine)
