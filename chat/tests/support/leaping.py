"""Time that passes as soon as there is nothing left to do: hours of timers, in a moment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _LeapingSelector(selectors.DefaultSelector):
    """Waits for nobody, and says that it did."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("This would wait for ever.")
        self.now += max(0.0, timeout)
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock leaps to the next timer. No threads: it would not wait for them."""

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now


def leap_through(story: Coroutine[Any, Any, T]) -> T:
    """Run a story of timers; returns what it returns."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(story)
