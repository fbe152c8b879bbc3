"""The tail of a room's journal: its latest entries, encoded, in this process's memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from chat.journal.entry import Entry
from chat.journal.read.slices import Slice

TAIL_ENTRIES = 1_000  # kept per open room
TAIL_BYTES = 1024 * 1024
CACHED_SLICES = 4  # with their frames, until the head moves


class Tail:
    """Entries in version order, up to `head`."""

    def __init__(self) -> None:
        self.head = 0  # the version up to which this process knows the journal
        self.held_after = 0  # the tail holds each message that changed after this version
        # Above this version the tail is complete: it also holds states that were superseded, save
        # those of deleted messages.
        self.complete_after = 0
        self.last_deletion = 0  # the version of the last deletion
        self.expired_seq = 0  # messages up to this seq are gone
        self._entries: list[Entry] = []
        self._bytes = 0
        self._slices: dict[int, Slice] = {}

    @property
    def free_entries(self) -> int:
        """How many entries can be added before the oldest are dropped."""
        return TAIL_ENTRIES - len(self._entries)

    def start(self, head: int) -> None:
        """Begin empty at the journal's head."""
        self.head = self.held_after = self.complete_after = head

    def holds(self, version: int) -> bool:
        """Whether the tail has each message that changed after `version`."""
        return version >= self.held_after

    def lacks(self, seq: int, version: int) -> bool:
        """Whether the tail should have this change of a message, or a later one, and has none."""
        if not self.held_after < version <= self.head:
            return False
        start = bisect_left(self._entries, version, key=lambda entry: entry.version)
        is_there = start < len(self._entries) and self._entries[start].version == version
        return not is_there and all(it.seq != seq for it in self._entries[start:])

    def is_complete_after(self, version: int) -> bool:
        """Whether the tail has every change after `version`, so every new message among them."""
        return self.holds(version) and version >= self.complete_after

    def after(self, version: int) -> Slice:
        """Return everything after `version`, which the tail must hold."""
        slice = self._slices.get(version)
        if slice is None:
            start = bisect_right(self._entries, version, key=lambda entry: entry.version)
            slice = Slice(self._entries[start:], self.head, version)
            if len(self._slices) < CACHED_SLICES:
                self._slices[version] = slice
        return slice

    def extend(self, entries: Sequence[Entry]) -> None:
        """Add entries after the head, in version order, and move the head to the last of them."""
        self._entries.extend(entries)
        self._bytes += _size(entries)
        self.head = entries[-1].version
        self._drop_deleted([entry for entry in entries if entry.is_tombstone])
        self._drop_oldest()
        self._slices.clear()

    def skip_to(self, head: int) -> None:
        """Move the head past changes that have no entry any more."""
        self.head = head
        self._slices.clear()

    def expire(self, seq: int) -> None:
        """Drop the messages up to a seq, which are gone."""
        if seq <= self.expired_seq:
            return
        self.expired_seq = seq
        self._entries = [it for it in self._entries if it.seq > seq]
        self._bytes = _size(self._entries)
        self._slices.clear()

    def extend_back(self, entries: Sequence[Entry], version: int) -> None:
        """Add what lies between `version` and the first entry, if there is room for that."""
        deleted = {entry.seq for entry in self._entries if entry.is_tombstone}
        gone = self.expired_seq
        older = [entry for entry in entries if entry.seq > gone and entry.seq not in deleted]
        size = _size(older)
        if self._bytes + size > TAIL_BYTES:
            return
        self._entries[:0] = older
        self._bytes += size
        # The journal was read: it keeps the latest state of each message only.
        self.complete_after = max(self.complete_after, self.held_after)
        self.held_after = version
        self._slices.clear()

    def _drop_deleted(self, tombstones: Sequence[Entry]) -> None:
        """Drop the earlier states of deleted messages, so that no connection is sent them."""
        if tombstones:
            self.last_deletion = tombstones[-1].version
            latest = {entry.seq: entry for entry in tombstones}
            self._entries = [it for it in self._entries if latest.get(it.seq, it) is it]
            self._bytes = _size(self._entries)

    def _drop_oldest(self) -> None:
        count = max(0, len(self._entries) - TAIL_ENTRIES)
        size = _size(self._entries[:count])
        while self._bytes - size > TAIL_BYTES:
            size += self._entries[count].memory
            count += 1
        if count:
            self.held_after = self._entries[count - 1].version
            self._bytes -= size
            del self._entries[:count]


def _size(entries: Sequence[Entry]) -> int:
    return sum(entry.memory for entry in entries)
