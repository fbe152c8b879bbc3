"""Flow control of a connection: how much may be sent before the client acknowledges."""

from collections import deque

from chat.journal.read.slices import Slice

WINDOW_CHANGES = 1_000  # sent and not yet acknowledged
WINDOW_BYTES = 512 * 1024
ACK_CHANGES = 100  # a client acknowledges at least this often


class Window:
    """Counts what was sent to a connection and not yet acknowledged."""

    __slots__ = ("_unacknowledged", "bytes", "changes")

    def __init__(self) -> None:
        self.changes = 0
        self.bytes = 0
        self._unacknowledged: deque[Slice] = deque()

    @property
    def needs_ack(self) -> bool:
        """Whether the client should acknowledge something by now."""
        return self.changes >= ACK_CHANGES or self.bytes >= WINDOW_BYTES // 2

    def fits(self, slice: Slice) -> bool:
        """Whether the whole slice may be sent now."""
        return (
            self.changes + slice.count <= WINDOW_CHANGES and self.bytes + slice.size <= WINDOW_BYTES
        )

    def cut(self, slice: Slice) -> Slice:
        """Return as much of the slice as may be sent now; perhaps nothing."""
        return slice.cut(WINDOW_CHANGES - self.changes, WINDOW_BYTES - self.bytes)

    def add(self, slice: Slice) -> None:
        """Count a slice that is sent."""
        self.changes += slice.count
        self.bytes += slice.size
        self._unacknowledged.append(slice)

    def acknowledge(self, version: int) -> bool:
        """The client has everything up to `version`. Returns whether that made room."""
        before = len(self._unacknowledged)
        while self._unacknowledged and self._unacknowledged[0].version <= version:
            arrived = self._unacknowledged.popleft()
            self.changes -= arrived.count
            self.bytes -= arrived.size
        return len(self._unacknowledged) < before
