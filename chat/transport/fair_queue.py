"""A queue that is fair: each key has a turn, so that a flood under one key delays only that key."""

from collections import OrderedDict, deque
from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class QueueFull(Exception):
    """The queue takes no more items of this key for now."""


class FairQueue(Generic[T]):
    """Takes an item of each key in turn; within a key, first in, first out.

    A key has parts, as a room and a member in it: each room has a turn, and in it each member.

    The first part of a key may have `bound` items waiting; once so many wait in all, only its share
    of them. So a flood fills no more than its own part. So at most about 8 times `bound` items
    wait in all, for a bound of 2,000.
    """

    def __init__(self, bound: int) -> None:
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
    """The items below one part of a key."""

    __slots__ = ("_items", "_turns", "count")

    def __init__(self) -> None:
        self.count = 0
        self._items: deque[T] = deque()  # of the key that ends here
        self._turns: OrderedDict[Hashable, _Turns[T]] = OrderedDict()  # the next one first

    @property
    def parts(self) -> int:
        return len(self._turns)

    def waiting(self, part: Hashable) -> int:
        turns = self._turns.get(part)
        return turns.count if turns is not None else 0

    def put(self, item: T, *key: Hashable) -> None:
        self.count += 1
        if not key:
            self._items.append(item)
            return
        part, *rest = key
        turns = self._turns.get(part)
        if turns is None:
            turns = self._turns[part] = _Turns()
        turns.put(item, *rest)

    def take(self, resting: Collection[Hashable] = ()) -> T:
        self.count -= 1
        if self._items:
            return self._items.popleft()
        part, turns = next(it for it in self._turns.items() if it[0] not in resting)
        item = turns.take()
        if turns.count:
            self._turns.move_to_end(part)
        else:
            del self._turns[part]
        return item
