"""What the people of one room were sent: every delivery, every loss, and when the last one had it.

Each frame is read once, at its first arrival anywhere; for everyone after that it is a look-up. So
the load generator stays far cheaper than the servers it drives.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from bench.machine import Vigil

Seconds = np.ndarray[tuple[int], np.dtype[np.float64]]
Arrivals = Iterable[tuple[int | None, int]]  # index in the room's order, number of the message


@dataclass(frozen=True, slots=True)
class Batch:
    """What one frame holds."""

    indexes: tuple[int, ...] = ()  # in the room's order, ascending from 1
    numbers: frozenset[int] = frozenset()

    @property
    def count(self) -> int:
        return len(self.indexes)


@dataclass(slots=True)
class Place:
    """How far one person has come in the room's order."""

    index: int = 0
    missing: set[int] = field(default_factory=set)  # passed over; they may still come
    indexes: list[int] = field(default_factory=list)  # reached
    times: list[float] = field(default_factory=list)  # and when: time.perf_counter


class Ledger:
    """The record of one room."""

    def __init__(self, read: Callable[[bytes], Arrivals], vigil: Vigil) -> None:
        self._read = read
        self._vigil = vigil
        self._batches: dict[bytes, Batch] = {}
        self._number_at: dict[int, int] = {}  # index → message
        self._index_of: dict[int, int] = {}
        self.sent_at: dict[int, float] = {}  # message → time.perf_counter
        self.places: list[Place] = []
        self.last_index = 0  # of what was delivered to anybody
        self.last_delivery = 0.0  # time.perf_counter
        self.deliveries = 0
        self.repeated = 0
        self.out_of_order = 0
        self.pending = 0  # deliveries still to come
        self.settled = asyncio.Event()  # nothing pending

    def forget(self) -> None:
        """Begin anew, with everybody where the room is now."""
        self._batches, self._number_at, self.sent_at = {}, {}, {}
        self.deliveries = self.repeated = self.out_of_order = self.pending = 0
        for place in self.places:
            place.index = max(place.index, self.last_index)
            place.missing, place.indexes, place.times = set(), [], []

    def arrive(self, index: int) -> Place:
        """Somebody new, who has been sent everything up to `index`."""
        self.last_index = max(self.last_index, index)
        place = Place(index)
        self.places.append(place)
        return place

    def expect(self, number: int, now: float, receivers: int) -> None:
        """A message goes out to so many."""
        self.sent_at[number] = now
        self.pending += receivers
        self.settled.clear()

    def take(self, payload: bytes, place: Place, now: float) -> Batch:
        """Somebody was sent a frame."""
        self._vigil.events += 1
        batch = self._batches.get(payload) or self._open(payload)
        if batch.count:
            if batch.indexes[0] == place.index + 1:
                place.index = batch.indexes[-1]
            else:
                self._note_irregular(batch, place)
            place.indexes.append(place.index)
            place.times.append(now)
            self.last_delivery = now
            self.deliveries += batch.count
            self.pending -= batch.count
            if self.pending <= 0:
                self.settled.set()
        return batch

    def _open(self, payload: bytes) -> Batch:
        indexes: list[int] = []
        numbers: list[int] = []
        for index, number in self._read(payload):
            if index is None:  # a server without an order of its own: that of first arrivals
                index = self._index_of.setdefault(number, len(self._index_of) + 1)
            self._number_at[index] = number
            indexes.append(index)
            numbers.append(number)
        self.last_index = max(self.last_index, *indexes, 0)
        batch = self._batches[payload] = Batch(tuple(indexes), frozenset(numbers))
        return batch

    def _note_irregular(self, batch: Batch, place: Place) -> None:
        for index in batch.indexes:
            if index in place.missing:
                place.missing.discard(index)
                self.out_of_order += 1
            elif index <= place.index:
                self.repeated += 1
            else:
                place.missing |= set(range(place.index + 1, index))
                place.index = index

    def lost(self) -> int:
        """Deliveries that never came, to all who stayed until now."""
        unheard = len(set(self.sent_at) - set(self._number_at.values()))
        return sum(
            len(it.missing) + max(0, self.last_index - it.index) + unheard for it in self.places
        )

    def latencies(self) -> Seconds:
        """Seconds from a message's sending to its arrival at the last receiver, for each."""
        heard = [
            (index, self.sent_at[number])
            for index, number in sorted(self._number_at.items())
            if number in self.sent_at
        ]
        if not heard:
            return np.empty(0)
        indexes = np.array([index for index, _ in heard])
        last = np.zeros(len(heard))
        for place in self.places:
            if place.indexes:
                at = np.searchsorted(np.array(place.indexes), indexes)
                arrived = np.append(np.array(place.times), np.nan)[at]
                last = np.fmax(last, arrived)
        sent = np.array([at for _, at in heard])
        waits: Seconds = (last - sent)[last > 0]
        return waits
