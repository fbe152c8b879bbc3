"""Times searches of all kinds, by people with few and many rooms."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles

from django.db import connection

from bench import machine
from bench.search.corpus import Corpus
from bench.search.filling import AUTHORS, SEARCHERS
from chat import access
from chat.access import Found
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
    taken: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # on a busy machine, what it took without others
    results: int = 0

    @property
    def row(self) -> list[str]:
        cpu = " / ".join(f"{it:.1f}" for it in percentiles(self.cpu))
        of_each = f"{self.results / len(self.taken):.1f}"
        return [
            self.searcher,
            self.case,
            *(f"{it:.1f}" for it in percentiles(self.taken)),
            cpu,
            of_each,
        ]


def percentiles(values: list[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def queries(chance: random.Random) -> dict[str, list[str]]:
    """What is searched for, by kind."""
    corpus = Corpus()
    words, characters = corpus.words, corpus.characters
    spaced, chinese = _said(chance)
    rare = [words[chance.randrange(50_000, len(words))] for _ in range(QUERIES)]
    common = words[:8]
    return {
        "one word": [chance.choice(it) for it in spaced],
        "two words": [" ".join(chance.sample(it, 2)) for it in spaced],
        "phrase": [f'"{" ".join(_pair(chance, it))}"' for it in spaced],
        "prefix of 2": [chance.choice(words[:20_000])[:2] for _ in rare],
        "prefix of 3": [chance.choice(words[:20_000])[:3] for _ in rare],
        "prefix of 4": [chance.choice(words[400:20_000])[:4] for _ in rare],
        "rare": rare,
        "very common": [chance.choice(common) for _ in rare],
        "two very common": [" ".join(chance.sample(common, 2)) for _ in rare],
        "rare and common": [f"{it} {common[0]}" for it in rare],
        "nowhere": [f"{it}qx" for it in rare],
        "one character": [chance.choice(characters[:1_000]) for _ in rare],
        "two characters": ["".join(_pair(chance, it)) for it in chinese],
        "four characters": [it[:4] for it in chinese],
        "with a link": ["has:link" for _ in rare],
        "of somebody": [f'from:"Person {chance.randrange(AUTHORS)}"' for _ in rare],
        "long ago": [f"{chance.choice(words[:50])} before:2024-03" for _ in rare],
        "without a common word": [f"{words[30]} -{common[0]}" for _ in rare],
    }


def _said(chance: random.Random) -> tuple[list[list[str]], list[str]]:
    """Texts that somebody said: QUERIES with spaces, as words, and QUERIES without."""
    last = Message.objects.latest("pk").pk
    pks = [chance.randrange(1, last) for _ in range(20 * QUERIES)]
    said = Message.objects.filter(pk__in=pks, html="").order_by("pk")
    texts = list(said.values_list("text", flat=True))
    spaced = [it.split() for it in texts if it.isascii() and it.count(" ") >= 3]
    chinese = [it for it in texts if not it.isascii() and len(it) >= 4]
    return chance.sample(spaced, QUERIES), chance.sample(chinese, QUERIES)


def _pair(chance: random.Random, of: Sequence[str]) -> Sequence[str]:
    at = chance.randrange(len(of) - 1)
    return of[at : at + 2]


def measure(only: str = "") -> Iterator[Times]:
    cases = queries(random.Random(7))
    for name in SEARCHERS:
        member = Member.objects.get(name=name)
        place = Room.objects.filter(subscription__member=member).first()
        found = access.find_in(member, place) if place and SEARCHERS[name] == 1 else None
        for case, typed in cases.items():
            if only in case:
                yield _times(Times(case, name), member, found, typed)


def _times(times: Times, member: Member, found: Found | None, typed: list[str]) -> Times:
    for it in typed:
        query = parse(it, now=NOW, zone=UTC)
        began, cpu = time.perf_counter(), _cpu_seconds()
        page = searching.search(member, query, found, None, PAGE)
        times.taken.append((time.perf_counter() - began) * 1_000)
        times.cpu.append((_cpu_seconds() - cpu) * 1_000)
        times.results += len(page.results)
    return times


def _cpu_seconds() -> float:
    """The CPU time of this thread, and of the process that serves its connection to PostgreSQL."""
    if connection.vendor == "sqlite":
        return time.thread_time()
    return time.thread_time() + machine.cpu_seconds(connection.connection.info.backend_pid)
