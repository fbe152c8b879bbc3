"""A queue that is fair: each key has a turn, so that a flood under one key delays only that key."""

import sys
from collections import OrderedDict, deque
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

NEW_IN_A_ROW = 8  # turns of keys that had none lately, before one of the others

T = TypeVar("T")


class QueueFull(Exception):
    """The queue takes no more items of this key for now."""


class FairQueue(Generic[T]):
    """Takes an item of each key in turn; within a key, first in, first out.

    A key has parts, as a room and a member in it: each room has a turn, and in it each member.
    Who had no turn lately goes first.

    The first part of a key may have `bound` items waiting; once so many wait in all, only its share
    of them. So a flood fills no more than its own part. So at most about 8 times `bound` items
    wait in all, for a bound of 2,000.
    """

    def __init__(self, bound: int = sys.maxsize) -> None:
        self._bound = bound
        self._turns: _Turns[T] = _Turns()

    def __len__(self) -> int:
        return len(self._turns)

    def put(self, item: T, *key: Hashable) -> None:
        """Add an item. Raises QueueFull."""
        if len(self) >= self._bound and self._turns.waiting(key[0]) >= self._share(key[0]):
            raise QueueFull
        self._turns.put(item, *key)

    def take(self, limit: int) -> list[T]:
        """Remove up to `limit` items, and return them."""
        return [self._turns.take() for _ in range(min(limit, len(self)))]

    def take_one(self, resting: Collection[Hashable]) -> T | None:
        """Remove an item and return it; None if only the `resting` first parts of keys have any."""
        if len(self) <= sum(self._turns.waiting(part) for part in resting):
            return None
        return self._turns.take(resting)

    def waiting(self, part: Hashable) -> int:
        """Return how many items wait whose key has this first part."""
        return self._turns.waiting(part)

    def _share(self, part: Hashable) -> int:
        return self._bound // (self._turns.parts + (not self._turns.waiting(part)))


class _Items(deque[T]):
    """The items of a whole key: first in, first out."""

    put = deque.append
    take = deque.popleft


class _Turns(Generic[T]):
    """The items below one part of a key.

    A part that had no turn lately goes before those that did: RFC 8290, 4.1 ("new flows"). A part
    whose items were all taken keeps its place among the others until its turn comes.
    """

    __slots__ = ("_count", "_new", "_new_in_a_row", "_old", "parts")

    def __init__(self) -> None:
        self.parts = 0  # that have items waiting
        self._count = 0
        self._new: OrderedDict[Hashable, _Below[T]] = OrderedDict()  # the next one first
        self._old: OrderedDict[Hashable, _Below[T]] = OrderedDict()  # the next one first
        self._new_in_a_row = 0

    def __len__(self) -> int:
        return self._count

    def waiting(self, part: Hashable) -> int:
        return len(self._below(part) or ())

    def put(self, item: T, part: Hashable, *rest: Hashable) -> None:
        self._count += 1
        below = self._below(part)
        if below is None:
            below = self._new[part] = _Turns() if rest else _Items()
        self.parts += not below
        below.put(item, *rest)

    def take(self, resting: Collection[Hashable] = ()) -> T:
        self._count -= 1
        part, below = self._next(resting)
        item: T = below.take()
        self.parts -= not below
        if self._count:
            self._old[part] = below
        else:
            self._old.clear()
        return item

    def _below(self, part: Hashable) -> "_Below[T] | None":
        below = self._new.get(part)
        return self._old.get(part) if below is None else below

    def _next(self, resting: Collection[Hashable]) -> "tuple[Hashable, _Below[T]]":
        """Remove the part whose turn it is, and return it."""
        is_olds_turn = self._new_in_a_row >= NEW_IN_A_ROW
        for parts in (self._old, self._new) if is_olds_turn else (self._new, self._old):
            if found := _first(parts, resting):
                self._new_in_a_row = self._new_in_a_row + 1 if parts is self._new else 0
                del parts[found[0]]
                return found
        raise LookupError("only resting parts have items")


_Below = _Turns[T] | _Items[T]


def _first(
    parts: OrderedDict[Hashable, _Below[T]], resting: Collection[Hashable]
) -> tuple[Hashable, _Below[T]] | None:
    """Find the first part that has items and does not rest. Removes those without, before it."""
    empty = []
    found = None
    for part, below in parts.items():
        if not below:
            empty.append(part)
        elif part not in resting:
            found = part, below
            break
    for part in empty:
        del parts[part]
    return found
