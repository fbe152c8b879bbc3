"""What an import brings, and what does not come over."""

from collections import Counter, defaultdict
from collections.abc import Iterator

NAMED_MAX = 5  # examples of what does not come over, for each reason

PEOPLE, ROOMS, MESSAGES = "people", "rooms", "messages"
REACTIONS, FILES = "reactions", "files"


class Report:
    """Counts, and reasons with the first examples of each."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.new: Counter[str] = Counter()
        self.notes: list[str] = []  # of what is other than somebody may expect
        self._left: Counter[str] = Counter()
        self._named: dict[str, list[str]] = defaultdict(list)

    def leave(self, reason: str, what: str, count: int = 1) -> None:
        """Something does not come over."""
        self._left[reason] += count
        named = self._named[reason]
        if what not in named and len(named) < NAMED_MAX:
            named.append(what)

    @property
    def left(self) -> dict[str, int]:
        """How much does not come over, by reason."""
        return dict(self._left)

    def lines(self, *, dry: bool) -> Iterator[str]:
        """For the operator."""
        counted = self.found if dry else self.new
        kinds = (PEOPLE, ROOMS, MESSAGES, REACTIONS, FILES)
        yield ("Found: " if dry else "New: ") + ", ".join(f"{counted[it]} {it}" for it in kinds)
        yield from self.notes
        if self._left:
            yield "Not coming over:" if dry else "Did not come over:"
        for reason, count in sorted(self._left.items()):
            named = ", ".join(self._named[reason])
            more = " …" if count > len(self._named[reason]) else ""
            yield f"  {count} × {reason}: {named}{more}"
