"""The people who are typing in a room."""

import time
from collections.abc import Callable

TYPING_SECONDS = 6  # after the last `typing` frame, the person is no longer shown
REPEAT_SECONDS = 2  # a further `typing` frame within this time changes nothing


class TypingPeople:
    """Who is typing in one room. Does no I/O. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people: dict[str, tuple[str, float]] = {}  # name and expiry, by member id

    @property
    def people(self) -> dict[str, str]:
        """Names by member ids, in the order in which people started."""
        return {id: name for id, (name, _) in self._people.items()}

    @property
    def next_expiry(self) -> float | None:
        """When `expire` next has something to remove; None while nobody types."""
        return min((expiry for _, expiry in self._people.values()), default=None)

    def is_repeat(self, id: str) -> bool:
        """Whether the person's last `typing` frame came less than REPEAT_SECONDS ago."""
        _, expiry = self._people.get(id, ("", 0.0))
        return expiry - self._clock() > TYPING_SECONDS - REPEAT_SECONDS

    def start(self, id: str, name: str) -> bool:
        """Show the person for TYPING_SECONDS from now. Returns whether the person is new."""
        is_new = id not in self._people
        self._people[id] = name, self._clock() + TYPING_SECONDS
        return is_new

    def stop(self, id: str) -> bool:
        """Returns whether the person was typing."""
        return self._people.pop(id, None) is not None

    def expire(self) -> bool:
        """Remove people without a recent `typing` frame. Returns whether there were any."""
        before = len(self._people)
        now = self._clock()
        self._people = {id: it for id, it in self._people.items() if it[1] > now}
        return len(self._people) < before
