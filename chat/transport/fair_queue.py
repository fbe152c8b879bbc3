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
        return self._turns.count

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


class _Turns(Generic[T]):
    """The items below one part of a key.

    A part that had no turn lately goes before those that did: RFC 8290, 4.1 ("new flows"). A part
    whose items were all taken keeps its place among the others until its turn comes.
    """

    __slots__ = ("_items", "_new", "_new_in_a_row", "_old", "count", "parts")

    def __init__(self) -> None:
        self.count = 0
        self.parts = 0  # that have items waiting
        self._items: deque[T] = deque()  # of the key that ends here
        self._new: OrderedDict[Hashable, _Turns[T]] = OrderedDict()  # the next one first
        self._old: OrderedDict[Hashable, _Turns[T]] = OrderedDict()  # the next one first
        self._new_in_a_row = 0

    def waiting(self, part: Hashable) -> int:
        turns = self._turns_of(part)
        return turns.count if turns is not None else 0

    def put(self, item: T, *key: Hashable) -> None:
        self.count += 1
        if not key:
            self._items.append(item)
            return
        part, *rest = key
        turns = self._turns_of(part)
        if turns is None:
            turns = self._new[part] = _Turns()
        self.parts += not turns.count
        turns.put(item, *rest)

    def take(self, resting: Collection[Hashable] = ()) -> T:
        self.count -= 1
        if self._items:
            return self._items.popleft()
        part, turns = self._next(resting)
        item = turns.take()
        self.parts -= not turns.count
        if self.count:
            self._old[part] = turns
        else:
            self._old.clear()
        return item

    def _turns_of(self, part: Hashable) -> "_Turns[T] | None":
        return self._new.get(part) or self._old.get(part)

    def _next(self, resting: Collection[Hashable]) -> tuple[Hashable, "_Turns[T]"]:
        """Remove the part whose turn it is, and return it."""
        is_olds_turn = self._new_in_a_row == NEW_IN_A_ROW
        for parts in (self._old, self._new) if is_olds_turn else (self._new, self._old):
            if found := _first(parts, resting):
                self._new_in_a_row = self._new_in_a_row + 1 if parts is self._new else 0
                del parts[found[0]]
                return found
        raise LookupError("only resting parts have items")


def _first(
    parts: OrderedDict[Hashable, _Turns[T]], resting: Collection[Hashable]
) -> tuple[Hashable, _Turns[T]] | None:
    """Find the first part that has items and does not rest. Removes those without, before it."""
    empty = []
    found = None
    for part, turns in parts.items():
        if not turns.count:
            empty.append(part)
        elif part not in resting:
            found = part, turns
            break
    for part in empty:
        del parts[part]
    return found
