"""Who is writing in a room."""

import time
from collections.abc import Callable

TYPING_SECONDS = 6  # after the last sign of it
SIGN_SECONDS = 2  # signs that follow faster say nothing new


class Typists:
    """Pure data, like the roster."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people: dict[str, tuple[str, float]] = {}  # names and ends, by ids

    @property
    def people(self) -> dict[str, str]:
        """Names by ids, who began first before the others."""
        return {id: name for id, (name, _) in self._people.items()}

    @property
    def next_end(self) -> float | None:
        """When the first of them fades."""
        return min((end for _, end in self._people.values()), default=None)

    def is_fresh(self, id: str) -> bool:
        """Whether there was a sign of them just now."""
        _, end = self._people.get(id, ("", 0.0))
        return end - self._clock() > TYPING_SECONDS - SIGN_SECONDS

    def begin(self, id: str, name: str) -> bool:
        """A sign that somebody writes. Returns whether that is news."""
        has_changed = id not in self._people
        self._people[id] = name, self._clock() + TYPING_SECONDS
        return has_changed

    def end(self, id: str) -> bool:
        """Somebody has posted, or left. Returns whether they were writing."""
        return self._people.pop(id, None) is not None

    def expire(self) -> bool:
        """Let go of those who stopped. Returns whether there are any."""
        before = len(self._people)
        now = self._clock()
        self._people = {id: (name, end) for id, (name, end) in self._people.items() if end > now}
        return len(self._people) < before
