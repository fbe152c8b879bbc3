"""What posting costs with the search index, beside without it: in turns, on one thread."""

import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from bench.search.corpus import Corpus
from chat.journal import Post
from chat.journal.write import appender, unit_of_work
from chat.journal.write.appender import commit
from chat.models import Member, Message, Room, RoomKind

SIZES = {1: 150, 10: 40, 50: 15}  # how many transactions of so many posts a round has


class _NoIndex:
    """In place of SearchIndex."""

    def __init__(self, texts: Mapping[str, Any]) -> None:
        pass

    def add(self, message: Message) -> None:
        pass

    remove = add

    def store(self, mentioned: Mapping[Any, Any]) -> None:
        pass


@dataclass
class Cost:
    """The CPU of a post in its transaction, in milliseconds: the median."""

    posts: int
    without: float
    with_index: float

    @property
    def row(self) -> list[str]:
        ratio = self.with_index / self.without
        return [str(self.posts), f"{self.without:.2f}", f"{self.with_index:.2f}", f"{ratio:.2f}"]


def measure(rounds: int) -> Iterator[Cost]:
    """In each round, posts with the index, and the same number without."""
    chance, texts = random.Random(3), list(Corpus(5).texts(10_000))
    rooms = list(Room.objects.filter(kind=RoomKind.OPEN)[:50])
    members = list(Member.objects.filter(user=None)[:200])

    def post() -> Post:
        room, member = chance.choice(rooms), chance.choice(members)
        return Post(room.pk, member.pk, uuid4(), chance.choice(texts))

    for size, transactions in SIZES.items():
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * rounds):
            is_indexed = number % 4 in (0, 3)
            for _ in range(transactions):
                changes = [post() for _ in range(size)]
                taken[is_indexed].append(_cpu(changes, is_indexed=is_indexed) / size)
        yield Cost(size, median(taken[False]), median(taken[True]))


def _cpu(changes: list[Post], *, is_indexed: bool) -> float:
    """Milliseconds of this thread, which is all of SQLite, and the client's side of PostgreSQL."""
    began = time.thread_time()
    if is_indexed:
        commit(changes)
    else:
        with (
            patch.object(unit_of_work, "SearchIndex", _NoIndex),
            patch.object(appender, "tokens_of_changes", lambda changes: {}),
        ):
            began = time.thread_time()
            commit(changes)
    return (time.thread_time() - began) * 1_000
