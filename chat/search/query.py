"""The language of a search: words, "phrases", -not, from:, in:, before:, after:, on:, has:, is:.

- Words and phrases must all be there. `-` before one, or before an operator, turns it around.
- A value with spaces stands in quotes: from:"Ada Lovelace". A quote begins where a word begins; in
  the middle of a word it is part of it (צה"ל). One that is not closed goes to the end.
- Operators are known in English and German, in any case. What looks like another one is text.
- Of several `from:`, any may hold, and so of `in:`; of all others, each must.
- A date is a year, a month or a day in the reader's time zone: 2024, 2024-05, 2024-05-09, `today`
  or `yesterday`. `before:` ends before it begins, `after:` begins after it ends.
- An operator without a value, or with the beginning of one, is `incomplete`: somebody is typing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

from chat.protocol import Translatable
from chat.search.matching import Term, has_word

QUERY_MAX_CHARACTERS = 256
MAX_TERMS = 32

Kind = Literal["word", "phrase", "ignored", "from", "in", "before", "after", "on", "has", "is"]

OPERATORS: dict[str, Kind] = {
    "from": "from",
    "in": "in",
    "before": "before",
    "after": "after",
    "on": "on",
    "has": "has",
    "is": "is",
    "von": "from",
    "vor": "before",
    "nach": "after",
    "am": "on",
    "hat": "has",
    "ist": "is",
}
HAS = {
    "link": "link",
    "file": "file",
    "image": "image",
    "code": "code",
    "datei": "file",
    "bild": "image",
}
IS = {
    "mine": "mine",
    "mention": "mention",
    "meine": "mine",
    "meins": "mine",
    "erwähnung": "mention",
}
DAYS_AGO = {"today": 0, "yesterday": 1, "heute": 0, "gestern": 1}

OPERATOR = re.compile(r"([^\W\d_]{2,10}):")
QUOTES = '"“”„‟«»'
QUOTE = re.compile(f"[{QUOTES}]")
SPACE = re.compile(r"\s")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
DATE_BEGUN = re.compile(r"[0-9]{1,3}|[0-9]{4}-(?:[0-9]?|[0-9]{2}-[0-9]?)")
FIRST_YEAR, LAST_YEAR = 1000, 9000  # far from what a datetime can be in all zones


class InvalidQuery(ValueError):
    """A query that cannot be answered. `detail` says why, for a person."""

    def __init__(self, code: str, detail: Translatable) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Interval(NamedTuple):
    """From `since` on, and before `until`."""

    since: datetime
    until: datetime


@dataclass
class Filters:
    """What a message must be, apart from its words."""

    people: list[str] = field(default_factory=list)  # names: of one of these
    not_people: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)  # names: in one of these
    not_rooms: list[str] = field(default_factory=list)
    since: datetime | None = None  # inclusive
    until: datetime | None = None  # exclusive
    outside: list[Interval] = field(default_factory=list)
    has: set[str] = field(default_factory=set)  # link, file, image, code
    has_not: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)  # mine, mention
    not_kinds: set[str] = field(default_factory=set)

    def start(self, since: datetime) -> None:
        self.since = max(self.since or since, since)

    def end(self, until: datetime) -> None:
        self.until = min(self.until or until, until)

    def stay_in(self, days: Interval) -> None:
        self.start(days.since)
        self.end(days.until)


class Part(NamedTuple):
    """What was typed between `start` and `end`, in code points: one removable token.

    `text` is the word, or the value of an operator.
    """

    kind: Kind
    start: int
    end: int
    text: str
    is_negated: bool = False
    is_closed: bool = False  # has a closing quote


class Query:
    """What was asked for."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        self.parts: list[Part] = []
        self.terms: tuple[Term, ...] = ()
        self.filters = Filters()
        self.incomplete: list[Part] = []

    def __str__(self) -> str:
        return self.typed

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: no word to be there, and no condition."""
        is_asking = any(not term.is_negated for term in self.terms)
        return not is_asking and self.filters == Filters()

    def without(self, part: Part) -> str:
        """What was typed, without one of its parts."""
        before, after = self.typed[: part.start].rstrip(), self.typed[part.end :].lstrip()
        return f"{before} {after}".strip()


def parse(typed: str, *, now: datetime, zone: tzinfo) -> Query:
    """Read a query. `now` is aware; dates are days in `zone`. Raises InvalidQuery."""
    _check(typed)
    query = Query(typed)
    query.parts = list(_parts(typed))
    today = now.astimezone(zone).date()
    for part in query.parts:
        if part.kind in ("word", "phrase"):
            query.terms += (Term(part.text, part.is_negated, part.is_closed),)
        elif part.kind != "ignored" and not _is_taken(query.filters, part, today, zone):
            query.incomplete.append(part)
    query.terms = tuple(dict.fromkeys(query.terms))
    if len(query.terms) > MAX_TERMS:
        raise InvalidQuery(
            "too_many_words",
            Translatable("Search for at most %(limit)s words at once.", limit=MAX_TERMS),
        )
    if query.terms and query.is_empty:
        raise InvalidQuery(
            "nothing_wanted",
            Translatable("Type what to find as well, such as a word: this leaves words out only."),
        )
    return query


def _check(typed: str) -> None:
    if len(typed) > QUERY_MAX_CHARACTERS:
        raise InvalidQuery(
            "too_long",
            Translatable(
                "A search may have at most %(limit)s characters.", limit=QUERY_MAX_CHARACTERS
            ),
        )
    if UNSTORABLE.search(typed):
        raise InvalidQuery(
            "bad_text", Translatable("The search has a character that no message can have.")
        )


def _parts(typed: str) -> Iterator[Part]:
    at = 0
    while at < len(typed):
        if typed[at].isspace():
            at += 1
        else:
            part = _part(typed, at)
            yield part
            at = part.end


def _part(typed: str, start: int) -> Part:
    is_negated = typed[start] == "-" and typed[start + 1 : start + 2].strip(" -") != ""
    at = start + is_negated
    operator = OPERATOR.match(typed, at)
    kind = OPERATORS.get(operator[1].casefold()) if operator else None
    if operator and kind:
        text, end, is_closed = _value(typed, operator.end())
    else:
        text, end, is_closed = _value(typed, at)
        is_quoted = typed[at] in QUOTES
        kind = ("phrase" if is_quoted else "word") if has_word(text) else "ignored"
    return Part(kind, start, end, text, is_negated, is_closed)


def _value(typed: str, start: int) -> tuple[str, int, bool]:
    """The word or the phrase at `start`; where it ends; whether it has a closing quote."""
    if typed[start : start + 1] and typed[start] in QUOTES:
        closing = QUOTE.search(typed, start + 1)
        end = closing.start() if closing else len(typed)
        return typed[start + 1 : end], end + (closing is not None), closing is not None
    space = SPACE.search(typed, start)
    end = space.start() if space else len(typed)
    return typed[start:end], end, False


def _is_taken(filters: Filters, part: Part, today: date, zone: tzinfo) -> bool:
    """Add an operator to the filters. Returns whether its value is complete."""
    value = " ".join(part.text.split())
    if part.kind in ("before", "after", "on"):
        return _take_date(filters, part, value.casefold(), today, zone)
    if part.kind in ("has", "is"):
        return _take_word(filters, part, value.casefold())
    if value:
        _names(filters, part).append(value)
    return bool(value)


def _names(filters: Filters, part: Part) -> list[str]:
    if part.kind == "from":
        return filters.not_people if part.is_negated else filters.people
    return filters.not_rooms if part.is_negated else filters.rooms


def _take_word(filters: Filters, part: Part, value: str) -> bool:
    known, wanted, unwanted = (
        (HAS, filters.has, filters.has_not)
        if part.kind == "has"
        else (IS, filters.kinds, filters.not_kinds)
    )
    if value in known:
        (unwanted if part.is_negated else wanted).add(known[value])
    return value in known


def _take_date(filters: Filters, part: Part, value: str, today: date, zone: tzinfo) -> bool:
    if _is_date_begun(value):
        return False
    days = _interval(value, today, zone)
    TAKE_DATE[part.kind, part.is_negated](filters, days)
    return True


TAKE_DATE: dict[tuple[str, bool], Callable[[Filters, Interval], None]] = {
    ("before", False): lambda filters, days: filters.end(days.since),
    ("before", True): lambda filters, days: filters.start(days.since),
    ("after", False): lambda filters, days: filters.start(days.until),
    ("after", True): lambda filters, days: filters.end(days.until),
    ("on", False): lambda filters, days: filters.stay_in(days),
    ("on", True): lambda filters, days: filters.outside.append(days),
}


def _is_date_begun(value: str) -> bool:
    is_word_begun = any(word.startswith(value) and word != value for word in DAYS_AGO)
    return is_word_begun or DATE_BEGUN.fullmatch(value) is not None


def _interval(value: str, today: date, zone: tzinfo) -> Interval:
    if value in DAYS_AGO:
        first = today - timedelta(days=DAYS_AGO[value])
        return _of_days(first, first + timedelta(days=1), zone)
    try:
        return _of_days(*_days(value), zone)
    except ValueError:
        raise InvalidQuery(
            "bad_date",
            Translatable("A date is a year, a month or a day: 2024, 2024-05 or 2024-05-09."),
        ) from None


def _days(value: str) -> tuple[date, date]:
    """The first day, and the one after the last one. Raises ValueError."""
    found = DATE.fullmatch(value)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValueError(value)
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    first = date(year, month, day)
    if found[3]:
        return first, first + timedelta(days=1)
    if found[2]:
        return first, date(year + month // 12, month % 12 + 1, 1)
    return first, date(year + 1, 1, 1)


def _of_days(first: date, after: date, zone: tzinfo) -> Interval:
    midnight = time(tzinfo=zone)
    return Interval(datetime.combine(first, midnight), datetime.combine(after, midnight))
