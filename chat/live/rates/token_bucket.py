"""A token bucket: so much at once, and so much a second."""

from collections.abc import Callable


class TokenBucket:
    """Holds up to `burst` tokens, and gets `per_second` new ones."""

    __slots__ = ("_clock", "_filled_at", "_tokens", "burst", "per_second")

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float]) -> None:
        """`clock` returns seconds."""
        self.burst, self.per_second = burst, per_second
        self._clock = clock
        self._tokens = float(burst)
        self._filled_at = clock()

    @property
    def tokens(self) -> float:
        """How many tokens there are now; less than none while one was taken in advance."""
        now = self._clock()
        self._tokens += (now - self._filled_at) * self.per_second
        self._tokens = min(self._tokens, self.burst)
        self._filled_at = now
        return self._tokens

    def take(self) -> float:
        """Take a token. Returns the seconds until it is there; 0 if it is there now."""
        self._tokens = self.tokens - 1
        return max(0.0, -self._tokens / self.per_second)

    def put_back(self) -> None:
        """Return a token that was taken."""
        self._tokens = min(self._tokens + 1, self.burst)
