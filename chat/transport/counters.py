"""What this process has done since its start, as plain numbers. Nothing here knows who reads them.

Counting is part of each message's way: an addition, or a place in a short list.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from threading import Lock

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # of buckets

SOCKET, CONNECT = "socket", "connect"  # the doors that refuse


class Histogram:
    """How many values there were up to each bound, and beyond the last, and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        self.counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times


class Counters:
    """Counts on the event loop; what other threads count has a lock."""

    def __init__(self) -> None:
        self.sockets: Counter[str] = Counter()  # open now, by protocol
        self.sockets_opened = 0
        self.messages: Counter[str] = Counter()  # stored changes, by what was done
        self.refusals: Counter[tuple[str, str]] = Counter()  # by door and code
        self.commit_seconds = Histogram()  # of a change, from its acceptance
        self.transaction_seconds = Histogram()  # of the changes that are committed together
        self.deliveries = 0  # slices of a journal, handed to a connection
        self.delivery_seconds = Histogram()  # from the head's move to the connection
        self.nudge_seconds = Histogram()  # from another process, or to itself
        self.reconcile_finds = 0  # rooms of which a nudge was lost
        self.gaps_detected = 0  # changes that a feed has passed by: must stay 0
        self.requests: Counter[int] = Counter()  # by status
        self.request_seconds = Histogram()
        self.webhook_deliveries: Counter[str] = Counter()  # tried, by outcome
        self.uploads = 0
        self.upload_bytes = 0
        self._lock = Lock()

    def refuse(self, door: str, code: object) -> None:
        self.refusals[door, str(code)] += 1

    def add_upload(self, size: int) -> None:
        """A file of so many bytes is stored. From any thread."""
        with self._lock:
            self.uploads += 1
            self.upload_bytes += size


counters = Counters()  # of this process
