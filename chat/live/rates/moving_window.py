"""Counts what happened in the last seconds, by key, in the memory of this process."""

from collections import OrderedDict

STEPS = 8  # of a window: hits within one step leave the window together, with the last of them
KEYS_MAX = 10_000  # beyond these, the key that was counted longest ago is forgotten
KEYS_FORGOTTEN = 2  # at most, by one hit: of those whose window is empty again

MEMBER, NETWORK = "member", "network"

Step = tuple[float, int]  # the time of the last hit in it, and how many there were


class MovingWindow:
    """Allows each key an `amount` in any `seconds`.

    A hit costs the same however many keys there are. The caller names the time, in seconds.
    """

    __slots__ = ("_steps", "_steps_per_second", "action", "amount", "of", "seconds")

    def __init__(self, action: str, of: str, amount: int, seconds: float) -> None:
        """`of` says whose actions it counts: what the keys are."""
        self.action, self.of = action, of
        self.amount, self.seconds = amount, seconds
        self._steps_per_second = STEPS / seconds
        self._steps: OrderedDict[str, list[Step]] = OrderedDict()  # by key, the last counted last

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._steps)

    def wait(self, key: str, cost: int, now: float) -> float:
        """The seconds until a hit is allowed; 0 if it is allowed now."""
        steps = self._steps.get(key)
        if steps is None:
            return 0.0
        since = now - self.seconds
        while steps and steps[0][0] <= since:
            del steps[0]
        excess = min(cost, self.amount) - self.amount
        for _, hits in steps:
            excess += hits
        until = since
        for last, hits in steps:
            if excess <= 0:
                break
            excess, until = excess - hits, last
        return until - since

    def hit(self, key: str, cost: int, now: float) -> None:
        """Count a hit."""
        steps = self._steps.setdefault(key, [])
        self._steps.move_to_end(key)
        last, hits = steps[-1] if steps else (0.0, 0)
        if hits and int(last * self._steps_per_second) == int(now * self._steps_per_second):
            steps[-1] = now, hits + cost
        else:
            steps.append((now, cost))
        self._forget(now)

    def _forget(self, now: float) -> None:
        if len(self._steps) > KEYS_MAX:
            self._steps.popitem(last=False)
        since = now - self.seconds
        for _ in range(KEYS_FORGOTTEN):
            key = next(iter(self._steps))
            steps = self._steps[key]
            if steps and steps[-1][0] > since:
                return
            del self._steps[key]
