"""What the page knows of queries and excerpts, as the server knows it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from chat.search.query import HAS, IS, OPERATORS, parse
from chat.tests.browser.modules import call_function
from chat.web.search.shown import excerpt

WORDS = "search/query/query_tokens.js"
TYPED = [
    "kettle song",
    "  from:Ada   kettle ",
    'from:"Ada Lovelace" kettle',
    'von:„Ada Lovelace“ -in:"Tea room"x',
    '-"two keys" "never closed',
    'צה"ל ja"nein kettle:song',
    "- -- -- -x --x from: -from: on:2026-11-27",
    "HAS:Link hat:Bild ist:Erwähnung is:mention",
    "https://example.com/a?b=c in:#tea",
    '""" « a » from:""',
    "\tfrom:a\u3000b\u00a0c",
    "from:a:b has:file:x xfrom:a from :a",
]


def words_of(page: Page, typed: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call_function(page, WORDS, "wordsOf", typed)
    return found


@pytest.mark.parametrize("typed", TYPED)
def test_the_page_reads_a_query_as_the_server_does(modules_page: Page, typed: str) -> None:
    words = words_of(modules_page, typed)
    # What the server refuses, such as a date that is none, is read all the same.
    parts = parse(typed, now=datetime.now(UTC), zone=UTC).parts
    assert [(it["start"], it["end"]) for it in words] == [(it.start, it.end) for it in parts]
    filters = [it["filter"] for it in words]
    assert [it and it["operator"] for it in filters] == [
        it.kind if it.kind in OPERATORS.values() else None for it in parts
    ]
    for it, part in zip(filters, parts, strict=True):
        if it:
            value = {**HAS, **IS}.get(part.text.casefold(), part.text.strip())
            known = it["value"] if part.kind not in {"has", "is"} else it["value"].casefold()
            assert (known, it["isNegated"]) == (value, part.is_negated)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ('from:"Ada Lovelace" x', 'from:"Ada Lovelace"'),
        ("von:Ada x", "from:Ada"),
        ("-hat:Bild x", "-has:image"),
    ],
)
def test_a_filter_is_written_as_the_server_reads_it(
    modules_page: Page, typed: str, query: str
) -> None:
    taken = call_function(modules_page, WORDS, "takeFilters", typed)
    assert taken["rest"] == "x"
    assert call_function(modules_page, WORDS, "filterText", taken["filters"][0]) == query


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("kettle from:Ada", "kettle from:Ada"),  # somebody is typing
        ("kettle from:Ada ", "kettle "),
        ('kettle from:"Ada L', 'kettle from:"Ada L'),
        ('kettle from:"Ada L"', "kettle "),
        ("from: kettle", "from: kettle"),
        ("from:Ada kettle has:link tea", "kettle tea"),
    ],
)
def test_a_filter_becomes_a_token_once_it_is_complete(
    modules_page: Page, typed: str, rest: str
) -> None:
    assert call_function(modules_page, WORDS, "takeFilters", typed)["rest"] == rest


@pytest.mark.parametrize(
    ("text", "marks", "html"),
    [
        ("the kettle sings", [[4, 10]], ""),
        ("one\ntwo\nthe kettle\nfour", [[12, 18]], ""),
        ("😀😀 kettle 水壶", [[3, 9], [10, 12]], ""),
        ("word " * 100 + "kettle " + "word " * 100, [[500, 506]], ""),
        ("水" * 500, [[300, 302]], ""),
        ("it was ||the butler|| in the ||hall||", [[13, 19]], '<span class="spoiler">'),
        ("😀 ||a\nb|| c", [[9, 10]], '<span class="spoiler">'),
        ("a || b || c", [[0, 1]], ""),
        ("\n\n  x", [], ""),
        ("", [], ""),
    ],
)
def test_an_excerpt_is_the_same_in_the_page_and_from_the_server(
    modules_page: Page, text: str, marks: list[tuple[int, int]], html: str
) -> None:
    message = {"text": text, "html": html}
    pieces = call_function(modules_page, "search/excerpt.js", "excerptOf", message, marks)
    of_server = excerpt(text, marks, has_spoilers=bool(html))
    assert [(it["text"], it["isMarked"]) for it in pieces] == [
        (it.text, it.is_marked) for it in of_server
    ]
