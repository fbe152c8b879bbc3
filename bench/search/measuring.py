"""Times searches of all kinds, by people with few and many rooms."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import quantiles

from bench.search.corpus import Corpus
from bench.search.filling import SEARCHERS
from chat import access
from chat.models import Member, Message, Room
from chat.search import searching
from chat.search.query import parse

QUERIES = 60  # of each kind
NOW = datetime(2026, 11, 27, tzinfo=UTC)
PAGE = 20


@dataclass
class Times:
    """How long searches took, in milliseconds."""

    case: str
    searcher: str
    taken: list[float]
    results: int

    @property
    def percentiles(self) -> tuple[float, float, float]:
        cuts = quantiles(self.taken, n=100, method="inclusive")
        return cuts[49], cuts[94], cuts[98]


def queries(chance: random.Random) -> dict[str, list[str]]:
    """What is searched for, by kind."""
    corpus = Corpus()
    words, characters = corpus.words, corpus.characters
    said = list(
        Message.objects.filter(pk__in=_some_pks(chance, 6 * QUERIES)).values_list("text", flat=True)
    )
    spaced = [it.split() for it in said if it.isascii() and "`" not in it and "/" not in it]
    chinese = [it for it in said if not it.isascii()]
    long = [it for it in spaced if len(it) > 3]
    rare = [words[chance.randrange(50_000, len(words))] for _ in range(QUERIES)]
    return {
        "one word": [chance.choice(it) for it in spaced[:QUERIES]],
        "two words": [" ".join(chance.sample(it, 2)) for it in long[:QUERIES]],
        "phrase": [
            f'"{" ".join(it[at : at + 2])}"'
            for it in long[:QUERIES]
            for at in [chance.randrange(len(it) - 1)]
        ],
        "prefix of 2": [chance.choice(words[:20_000])[:2] for _ in range(QUERIES)],
        "prefix of 3": [chance.choice(words[:20_000])[:3] for _ in range(QUERIES)],
        "prefix of 4": [chance.choice(words[400:20_000])[:4] for _ in range(QUERIES)],
        "rare": rare,
        "very common": [chance.choice(words[:8]) for _ in range(QUERIES)],
        "two very common": [" ".join(chance.sample(words[:8], 2)) for _ in range(QUERIES)],
        "rare and common": [f"{it} {words[0]}" for it in rare],
        "nowhere": [f"{it}qx" for it in rare],
        "one character": [chance.choice(characters[:1_000]) for _ in range(QUERIES)],
        "two characters": [
            it[at : at + 2]
            for it in chinese[:QUERIES]
            for at in [chance.randrange(max(len(it) - 1, 1))]
        ],
        "four characters": [it[:4] for it in chinese[:QUERIES]],
        "with a link": ["has:link"] * QUERIES,
        "of somebody": [f'from:"Person {chance.randrange(3_000)}"' for _ in range(QUERIES)],
        "long ago": [f"{chance.choice(words[:50])} before:2024-03" for _ in range(QUERIES)],
        "without a common word": [f"{words[30]} -{words[0]}" for _ in range(QUERIES)],
    }


def _some_pks(chance: random.Random, count: int) -> list[int]:
    last = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return [chance.randrange(last - 900_000 if last > 900_000 else 1, last) for _ in range(count)]


def measure(only: str = "") -> Iterator[Times]:
    cases = queries(random.Random(7))
    for name in SEARCHERS:
        member = Member.objects.get(name=name)
        if name == "one room":
            room = Room.objects.get(subscription__member=member)
            found = access.find_in(member, room)
        for case, typed in cases.items():
            if only in case:
                yield _times(case, name, member, found if name == "one room" else None, typed)


def _times(
    case: str, name: str, member: Member, found: access.Found | None, typed: list[str]
) -> Times:
    taken, results = [], 0
    for it in typed:
        query = parse(it, now=NOW, zone=UTC)
        began = time.perf_counter()
        page = searching.search(member, query, found, None, PAGE)
        taken.append((time.perf_counter() - began) * 1_000)
        results += len(page.results)
    return Times(case, name, taken, results)
