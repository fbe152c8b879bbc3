"""Counts what the clients of one room receive: deliveries, losses, duplicates and latencies.

Each distinct frame is parsed once, at its first arrival at any client; after that, parsing is a
dictionary look-up. This keeps the load generator cheaper than the servers under test.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from bench.machine import BusyPoller

Seconds = np.ndarray[tuple[int], np.dtype[np.float64]]
Messages = Iterable[tuple[int | None, int]]  # (index in the room's order, message number)


@dataclass(frozen=True, slots=True)
class ParsedFrame:
    """The messages in one frame."""

    indexes: tuple[int, ...] = ()  # in the room's order, ascending from 1
    numbers: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        return len(self.indexes)


@dataclass(slots=True)
class Progress:
    """How far one client has received the room's messages."""

    index: int = 0
    missing: set[int] = field(default_factory=set)  # skipped indexes, which may still arrive
    indexes: list[int] = field(default_factory=list)  # `index` after each frame
    times: list[float] = field(default_factory=list)  # of each frame: time.perf_counter


class Deliveries:
    """All deliveries of one room."""

    def __init__(self, parse: Callable[[bytes], Messages], poller: BusyPoller) -> None:
        self._parse = parse
        self._poller = poller
        self._frames: dict[bytes, ParsedFrame] = {}
        self._number_at: dict[int, int] = {}  # index → message number
        self._index_of: dict[int, int] = {}
        self.sent_at: dict[int, float] = {}  # message number → time.perf_counter
        self.clients: list[Progress] = []
        self.last_index = 0  # that any client received
        self.last_delivery = 0.0  # time.perf_counter
        self.count = 0
        self.repeated = 0
        self.out_of_order = 0
        self.pending = 0  # expected deliveries that have not arrived
        self.complete = asyncio.Event()  # nothing is pending

    def reset(self) -> None:
        """Start a new measurement at the room's current index."""
        self._frames, self._number_at, self.sent_at = {}, {}, {}
        self.count = self.repeated = self.out_of_order = self.pending = 0
        for client in self.clients:
            client.index = max(client.index, self.last_index)
            client.missing, client.indexes, client.times = set(), [], []

    def add_client(self, index: int) -> Progress:
        """Add a client that has received everything up to `index`."""
        self.last_index = max(self.last_index, index)
        client = Progress(index)
        self.clients.append(client)
        return client

    def expect(self, number: int, now: float, receivers: int) -> None:
        """Record that a message was sent to so many receivers."""
        self.sent_at[number] = now
        self.pending += receivers
        self.complete.clear()

    def receive(self, payload: bytes, client: Progress, now: float) -> ParsedFrame:
        """Record that a client received a frame."""
        self._poller.events += 1
        frame = self._frames.get(payload) or self._parse_first(payload)
        if frame.count:
            if frame.indexes[0] == client.index + 1:
                client.index = frame.indexes[-1]
            else:
                self._record_irregular(frame, client)
            client.indexes.append(client.index)
            client.times.append(now)
            self.last_delivery = now
            self.count += frame.count
            self.pending -= frame.count
            if self.pending <= 0:
                self.complete.set()
        return frame

    def _parse_first(self, payload: bytes) -> ParsedFrame:
        indexes: list[int] = []
        numbers: list[int] = []
        for index, number in self._parse(payload):
            if index is None:  # the server gives no index: use the order of first arrivals
                index = self._index_of.setdefault(number, len(self._index_of) + 1)
            self._number_at[index] = number
            indexes.append(index)
            numbers.append(number)
        self.last_index = max(self.last_index, *indexes, 0)
        frame = self._frames[payload] = ParsedFrame(tuple(indexes), frozenset(numbers))
        return frame

    def _record_irregular(self, frame: ParsedFrame, client: Progress) -> None:
        for index in frame.indexes:
            if index in client.missing:
                client.missing.discard(index)
                self.out_of_order += 1
            elif index <= client.index:
                self.repeated += 1
            else:
                client.missing |= set(range(client.index + 1, index))
                client.index = index

    def lost(self) -> int:
        """Deliveries that have not arrived, over all clients."""
        never_received = len(set(self.sent_at) - set(self._number_at.values()))
        return sum(
            len(it.missing) + max(0, self.last_index - it.index) + never_received
            for it in self.clients
        )

    def latencies(self) -> Seconds:
        """For each message, the seconds from sending to the arrival at the last receiver."""
        received = [
            (index, self.sent_at[number])
            for index, number in sorted(self._number_at.items())
            if number in self.sent_at
        ]
        if not received:
            return np.empty(0)
        indexes = np.array([index for index, _ in received])
        last = np.zeros(len(received))
        for client in self.clients:
            if client.indexes:
                at = np.searchsorted(np.array(client.indexes), indexes)
                arrived = np.append(np.array(client.times), np.nan)[at]
                last = np.fmax(last, arrived)
        sent = np.array([at for _, at in received])
        latencies: Seconds = (last - sent)[last > 0]
        return latencies
