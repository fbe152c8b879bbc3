from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.search.matching import Term, match
from chat.search.query import MAX_TERMS, QUERY_MAX_CHARACTERS, InvalidQuery, Query, parse
from chat.tests.words.samples import any_text

NOW = datetime(2024, 5, 9, 22, 30, tzinfo=UTC)  # in Berlin, it is the 10th
BERLIN = ZoneInfo("Europe/Berlin")


def read(typed: str) -> Query:
    return parse(typed, now=NOW, zone=BERLIN)


def berlin(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=BERLIN)  # type: ignore[arg-type, misc]


TERMS = {
    "words": ("tea  kettle", [Term("tea"), Term("kettle")]),
    "a word twice": ("tea tea", [Term("tea")]),
    "a phrase": ('"hot tea"', [Term("hot tea", is_whole=True)]),
    "a phrase in German quotes": ("„hot tea“", [Term("hot tea", is_whole=True)]),
    "a phrase in French quotes": ("«hot tea»x", [Term("hot tea", is_whole=True), Term("x")]),
    "an open quote": ('cup "hot te', [Term("cup"), Term("hot te")]),
    "a quote in a word": ('צה"ל', [Term('צה"ל')]),
    "not a word": ("tea -milk", [Term("tea"), Term("milk", is_negated=True)]),
    "not a phrase": (
        'a -"hot milk"',
        [Term("a"), Term("hot milk", is_negated=True, is_whole=True)],
    ),
    "an option of a command": ("--force", [Term("--force")]),
    "a hyphen": ("e-mail - x", [Term("e-mail"), Term("x")]),
    "an unknown operator": ("foo:bar", [Term("foo:bar")]),
    "an IPv6 address": ("fe80::1", [Term("fe80::1")]),
    "a link": ("https://example.com", [Term("https://example.com")]),
    "signs alone": ("+ -- ?! tea", [Term("tea")]),
    "nothing": ("   ", []),
    "an ideographic space": ("东京\u3000大阪", [Term("东京"), Term("大阪")]),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "terms"), TERMS.values(), ids=TERMS.keys())
def test_words_and_phrases(typed: str, terms: list[Term]) -> None:
    assert list(read(typed).terms) == terms


def test_names() -> None:
    filters = read('from:Bob FROM:"Ada Lovelace" -from:Eve in:lobby -in:"the attic"').filters
    assert filters.people == ["Bob", "Ada Lovelace"]
    assert filters.not_people == ["Eve"]
    assert (filters.rooms, filters.not_rooms) == (["lobby"], ["the attic"])


def test_what_a_message_has_and_is() -> None:
    filters = read("has:link has:FILE -has:image -is:mine is:mention").filters
    assert (filters.has, filters.has_not) == ({"link", "file"}, {"image"})
    assert (filters.kinds, filters.not_kinds) == ({"mention"}, {"mine"})


def test_german_operators() -> None:
    filters = read("von:Ada vor:heute hat:datei -hat:bild ist:erwähnung").filters
    assert filters.people == ["Ada"]
    assert filters.until == berlin(2024, 5, 10)
    assert (filters.has, filters.has_not, filters.kinds) == ({"file"}, {"image"}, {"mention"})


DATES = {
    "a day": ("on:2024-02-29", (2024, 2, 29), (2024, 3, 1)),
    "a month": ("on:2023-12", (2023, 12, 1), (2024, 1, 1)),
    "a year": ("on:2023", (2023, 1, 1), (2024, 1, 1)),
    "today": ("on:today", (2024, 5, 10), (2024, 5, 11)),
    "yesterday": ("am:gestern", (2024, 5, 9), (2024, 5, 10)),
    "before": ("before:2024-05", None, (2024, 5, 1)),
    "after": ("after:2024-05", (2024, 6, 1), None),
    "not before": ("-before:2024-05", (2024, 5, 1), None),
    "not after": ("-after:2024-05", None, (2024, 6, 1)),
    "between": ("after:2023 before:2024-03-01", (2024, 1, 1), (2024, 3, 1)),
    "the earliest end": ("before:2024-03 before:2024-02", None, (2024, 2, 1)),
    "the latest beginning": ("after:2020 after:2022", (2023, 1, 1), None),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "since", "until"), DATES.values(), ids=DATES.keys())
def test_dates_are_days_of_the_reader(
    typed: str, since: tuple[int, ...] | None, until: tuple[int, ...] | None
) -> None:
    filters = read(typed).filters
    assert filters.since == (berlin(*since) if since else None)
    assert filters.until == (berlin(*until) if until else None)


def test_not_on_a_day() -> None:
    assert read("-on:2024-05-09").filters.outside == [(berlin(2024, 5, 9), berlin(2024, 5, 10))]


@pytest.mark.parametrize(
    "typed",
    ["2024-13", "2024-02-30", "0000", "9999", "noon", "9.5.2024", "2024-05-091", "٢٠٢٤", "-2024"],
)
def test_a_date_that_is_none(typed: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        read(f"tea on:{typed}")
    assert refused.value.code == "bad_date"
    assert "2024-05-09" in str(refused.value.detail)


@pytest.mark.parametrize(
    "typed",
    [
        *["from:", "-in:", 'from:""', 'in:" "', "has:", "has:ima", "has:color", "is:x"],
        *["on:", "on:20", "before:2024-", "after:2024-05-0", "on:tod"],
    ],
)
def test_who_is_still_typing_gets_no_error(typed: str) -> None:
    query = read(f"tea {typed}")
    assert [typed[it.start - 4 : it.end - 4] for it in query.incomplete] == [typed]
    assert list(query.terms) == [Term("tea")]


@pytest.mark.parametrize("typed", ["-tea", '-"green tea"', "-tea -coffee", "-tea from:"])
def test_words_to_leave_out_alone_find_nothing_and_are_told(typed: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        read(typed)
    assert refused.value.code == "nothing_wanted"


def test_what_asks_for_nothing_is_empty() -> None:
    assert all(read(typed).is_empty for typed in ["", "+", "from:", "-"])
    assert not any(read(typed).is_empty for typed in ["tea", "from:Ada", "-has:link"])


def test_parts_are_removed_one_by_one() -> None:
    query = read('tea  -from:"Ada L" on:today "x y"')
    assert [(it.kind, it.text, it.is_negated) for it in query.parts] == [
        ("word", "tea", False),
        ("from", "Ada L", True),
        ("on", "today", False),
        ("phrase", "x y", False),
    ]
    assert query.without(query.parts[0]) == '-from:"Ada L" on:today "x y"'
    assert query.without(query.parts[1]) == 'tea on:today "x y"'
    assert query.without(query.parts[3]) == 'tea  -from:"Ada L" on:today'


REFUSED = {
    "10,000 characters": ("x" * 10_000, "too_long"),
    "a character too many": ("x" * (QUERY_MAX_CHARACTERS + 1), "too_long"),
    "NUL": ("te\x00a", "bad_text"),
    "a lone surrogate": ("from:\ud800", "bad_text"),
    "too many words": (" ".join(f"w{it}" for it in range(MAX_TERMS + 1)), "too_many_words"),
}


@pytest.mark.parametrize(("typed", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_query_that_is_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        read(typed)
    assert refused.value.code == code
    assert str(refused.value.detail)


operators = st.sampled_from(
    ["from:", "in:", "on:", "before:", "has:", "is:", "-", '"', "„", " ", "2024", "-13", "link"]
)
queries = st.lists(operators | any_text, max_size=8).map("".join) | st.text()


@given(queries)
@example('"' * 256)
@example("-" * 256)
@example(":" * 256)
@example("from:" * 51)
@example('-"' * 128)
def test_any_string_is_answered_or_refused(typed: str) -> None:
    try:
        query = read(typed)
    except InvalidQuery:
        return
    assert str(query) == typed
    covered = [typed[part.start : part.end] for part in query.parts]
    assert "".join("".join(covered).split()) == "".join(typed.split())
    match("some text", query.terms)


@given(queries)
def test_a_query_without_its_parts_asks_for_less(typed: str) -> None:
    try:
        query = read(typed)
    except InvalidQuery:
        return
    for part in query.parts:
        assert len(read(query.without(part)).parts) <= len(query.parts)
