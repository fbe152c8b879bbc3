"""Parts of a journal that are sent together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, takewhile

from chat import protocol
from chat.journal.entry import Entry
from chat.journal.read.endings import Ending, endings


@dataclass(frozen=True)
class Slice:
    """Entries in version order, after the version `after` where that is known.

    A cursor that has sent a slice stands at `version`.
    """

    entries: Sequence[Entry]
    version: int
    after: int = 0

    @cached_property
    def count(self) -> int:
        return len(self.entries)

    @cached_property
    def size(self) -> int:
        """Bytes on the wire."""
        return sum(entry.size for entry in self.entries)

    @cached_property
    def frame(self) -> str:
        """The entries as one `chat.v1` frame, shared by all connections that send this slice."""
        return protocol.frame(entry.json for entry in self.entries)

    @cached_property
    def as_changes(self) -> "Slice":
        """The slice for clients that take changes, and have all messages as of `after`.

        An entry stays whole where this slice lacks the state that it changes: the journal and the
        tail drop superseded states.
        """
        if not any(entry.change for entry in self.entries):
            return self
        versions = {entry.version for entry in self.entries}
        entries = [
            entry.change
            if entry.change and (entry.base <= self.after or entry.base in versions)
            else entry
            for entry in self.entries
        ]
        return Slice(entries, self.version, self.after)

    @cached_property
    def endings(self) -> Sequence[Ending]:
        """The entries after which somebody is no longer in the room."""
        return endings(self.entries)

    @cached_property
    def posts(self) -> Sequence[Entry]:
        """The new messages, without later changes of messages."""
        return [entry for entry in self.entries if entry.is_post]

    def cut(self, count: int, size: int) -> "Slice":
        """Return the first entries that fit `count` entries and `size` bytes; perhaps none."""
        if self.count <= count and self.size <= size:
            return self
        entries = self.entries[: min(count, count_fitting(self.entries, size))]
        return Slice(entries, entries[-1].version if entries else 0, self.after)


@dataclass(frozen=True)
class Page(Slice):
    """The room's latest messages in seq order, as of `version`.

    Messages that changed after `version` are left out; at the version `complete_at` the cursor has
    brought them all.
    """

    complete_at: int = field(kw_only=True)
    read_at: float = field(kw_only=True)  # time.monotonic


def count_fitting(entries: Iterable[Entry], size: int) -> int:
    """Return how many of the first entries fit `size` bytes together."""
    sizes = accumulate(entry.size for entry in entries)
    return sum(1 for _ in takewhile(lambda total: total <= size, sizes))
