"""The words around a hit, on the page of search results."""

import pytest

from chat.web.search.shown import BEFORE_CHARACTERS, EXCERPT_CHARACTERS, Piece, excerpt

LONG = "word " * 100


def text_of(pieces: list[Piece]) -> str:
    return "".join(f"[{it.text}]" if it.is_marked else it.text for it in pieces)


@pytest.mark.parametrize(
    ("text", "marks", "shown"),
    [
        ("the kettle sings", [(4, 10)], "the [kettle] sings"),
        ("kettle, kettle", [(0, 6), (8, 14)], "[kettle], [kettle]"),
        ("one\ntwo\nthe kettle\nfour", [(12, 18)], "…the [kettle] four"),
        ("no mark\n\n  at all", [], "no mark at all"),
        ("", [], ""),
        ("😀😀 kettle", [(3, 9)], "😀😀 [kettle]"),
        ("two\nlines", [(0, 9)], "[two lines]"),
    ],
)
def test_the_line_of_the_hit_is_shown(text: str, marks: list[tuple[int, int]], shown: str) -> None:
    assert text_of(excerpt(text, marks)) == shown


def test_a_long_line_is_cut_at_a_word_before_the_hit() -> None:
    text = f"{LONG}kettle {LONG}"
    shown = text_of(excerpt(text, [(len(LONG), len(LONG) + 6)]))
    assert shown.startswith("…word word")
    assert shown.endswith("…")
    assert 0 < shown.index("[kettle]") <= BEFORE_CHARACTERS + 1
    assert len(shown) <= EXCERPT_CHARACTERS + 4


def test_a_line_without_spaces_is_cut_anywhere() -> None:
    shown = text_of(excerpt("水" * 500, [(300, 302)]))
    assert shown == f"…{'水' * BEFORE_CHARACTERS}[水水]{'水' * 178}…"


def test_what_a_spoiler_hides_stays_hidden_also_where_it_was_found() -> None:
    text = "it was ||the butler|| in the ||hall||"
    shown = text_of(excerpt(text, [(13, 19)], has_spoilers=True))
    assert shown == "it was [▒▒▒] in the ▒▒▒"
    assert text_of(excerpt("a || b || c", [(0, 1)])) == "[a] || b || c"
