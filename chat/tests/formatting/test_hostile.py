"""Hostile texts: no unsafe HTML, no text lost, bounded work."""

import logging
import re
import sys
import time
from pathlib import Path
from uuid import UUID

import django.conf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.formatting import Rendered, is_plain_text, markdown, mention_candidates, render
from chat.formatting.escapes import ANGLE_LINK
from chat.formatting.links import NO_ADDRESS
from chat.formatting.sanitizer import ALIGNMENTS, SPAN_CLASSES, TAGS, clean
from chat.protocol import TEXT_MAX_CHARACTERS
from chat.tests.formatting.html import Element, ParsedHTML

PEOPLE = {"alice": [UUID(int=1)], "alice <b>": [UUID(int=2)]}
MARKS = """
    * ** _ ~~ || | ` ``` ~~~ [ ] ( ) ]( ![ < > \\ & &amp; @ @room @alice http:// https://a.b www.
    .com mailto: javascript: data: a xn-- é 小 🦊 <b> <script> <!-- " ' 1. - # = : / .
    \u202e \u200d \u0301
""".split()
SPACES = [" ", "  ", "\n", "\n\n", "\t", "\n> ", "\n- ", "\n  - ", "\n1. ", "\n```py\n", "\n```\n"]
ATTRIBUTES = {
    "a": {"href", "rel", "target"},
    "li": {"value"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "td": {"class"},
    "th": {"class"},
    "span": {"class", "data-member", "data-room"},
}

hostile = st.lists(st.sampled_from(MARKS + SPACES), max_size=40).map("".join)


@given(hostile | st.text())
def test_html_has_allowed_tags_and_attributes_alone(text: str) -> None:
    for element in ParsedHTML(rendered(text).html).elements:
        assert element.tag in TAGS
        assert set(element.attributes) <= ATTRIBUTES.get(element.tag, set())
        assert is_harmless(element)


@given(
    st.lists(st.sampled_from(["*", "_", "~~", "||", "`", "[", "]", "- ", "\n", "> ", "a", "b "]))
)
def test_html_keeps_all_letters_of_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    html = rendered(text).html
    assert not html or letters(ParsedHTML(html).text) == letters(text)


@given(hostile)
def test_sanitizing_twice_changes_nothing(text: str) -> None:
    html = rendered(text).html
    assert clean(html) == html


def rendered(text: str) -> Rendered:
    """Render the text; fails if rendering logs an exception."""
    logger = logging.getLogger("chat.formatting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logger, "exception", pytest.fail)
        return render(text, PEOPLE)


def is_harmless(element: Element) -> bool:
    href = element.attributes.get("href") or "http://"
    classes = (element.attributes.get("class") or "").split()
    return href.startswith(("http://", "https://", "mailto:")) and (
        SPAN_CLASSES | ALIGNMENTS
    ).issuperset(classes)


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


REPEATED = """
    *a *_ **a ~~a || ||a| ||* [ [a]( ![a]( [](] > - @ @a @room `a a.b.c. a.io a.io* xn--a. http://
    http://a http://a.b/[ http://[ a:// www. a@b.c mailto:a \\ & < <a: |a é 🦊 ([ {[
""".split()
REPEATED += [
    "\\- ",
    "\\[",
    "\\_",
    "，",
    "a.b，",
    "|-",
    "|-|\n",
    "|\n|-|\n",
    "a.io/_，",
    "||`",
    "||[",
    "a.io/_b ",
    "* ",
    "- ",
    "> ",
    "1. ",
    "- a\n",
    "> a\n",
    "\n",
    " \n",
    "  - a\n",
    "```\n",
    "a.io ",
    "[a](b ",
    "![a](http://a.b) ",
    "a.io/)b",
    "a.io/)b ",
    "http://a.b/)c ",
    "@a@",
    "@小",
    "＠alice",
    "\\_a",
    "\\*a ",
    "\\:tada:",
    "\\`",
    ":+1::skin-tone-2:",
    ":tada_tone1:",
    "👍:skin-tone-2:",
]


@pytest.mark.parametrize("unit", REPEATED)
def test_repeated_markup_takes_bounded_time(unit: str) -> None:
    assert_quick((unit * TEXT_MAX_CHARACTERS)[: TEXT_MAX_CHARACTERS - 8] + "\na.io @a")


NESTED = {
    "quotes": "\n".join(">" * depth for depth in range(1, 120)),
    "lists": "\n".join("  " * depth + "- a" for depth in range(80)),
    "emphasis": "*a" * 2_000 + "*" * 2_000,
    "spoilers": "||a " * 1_000 + "||" * 1_000,
    "links": "[" * 2_000 + "](http://a.b)" * 400,
    "brackets": "[" * 7_990 + "](",
    "brackets in links": ("[" * 30 + "a](http://a.b) ") * 170,
    "backticks": "a".join("`" * length for length in range(1, 120)),
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED.keys())
def test_nested_markup_takes_bounded_time(text: str) -> None:
    assert_quick(text)


@pytest.mark.parametrize(
    ("language", "unit"),
    [
        ("csharp", "a\n"),
        ("java", "\n_"),
        ("c", "\n"),
        ("ini", " ="),
        ("tsx", "_."),
        ("md", "\n\n"),
        ("make", " "),
    ],
)
def test_highlighting_takes_bounded_time(language: str, unit: str) -> None:
    assert_quick(f"```{language}\n{(unit * 7_900)[:7_900]}\n```")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(ANGLE_LINK, "<" + "a:" * 40_000), (NO_ADDRESS, "[a](" + " " * 80_000 + "a)")],
    ids=["in angle brackets", "of a link"],
)
def test_looking_for_an_address_takes_bounded_time(pattern: re.Pattern[str], text: str) -> None:
    """Ten times the longest text: steps that grow by its square would take ten seconds."""
    started = time.thread_time()
    assert not pattern.match(text)
    assert time.thread_time() - started < 0.5


def assert_quick(text: str) -> None:
    """CPU time; the faults that these texts once showed take many seconds."""
    started = time.thread_time()
    rendered(text), mention_candidates(text), is_plain_text(text)
    assert time.thread_time() - started < 0.5


# --- Bounded work, counted in function calls: 100,000 take some 15 ms ----------------------------

CALLS_MAX = 150_000
UNITS = [*REPEATED, *MARKS, *SPACES, *"""
    *a* **a** _a_ ~~a~~ ||a|| `a` ***a*** [a](http://a.b) <http://a.b> <a@b.co> [a](<b>) \\* a ]
""".split(), "- - - a\n", "- *a*\n", "- > a\n", "- a\n\n  b\n\n", "a\n\n", "```py\na\n```\n",
"a||b\n-|-\n", "a|b\n-|-\n1|2|3\n", "> \n", "||a\n\n", ":tada:", "[a]()", "`` ` ```\n",
"<a>\n", "{\n", "a=1;\n", "'a' ", "/* "]  # fmt: skip
FENCES = ["", "```py\n", "```c\n", "```md\n", "```tsx\n"]


def calls_to_format(text: str) -> int:
    """How many functions are called, by Python or from it."""
    count = 0

    def profile(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    rendered(text)  # compiles a lexer at first
    sys.setprofile(profile)
    try:
        render(text, PEOPLE), mention_candidates(text), is_plain_text(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("fence", FENCES[:2])
def test_the_work_for_a_repeated_mark_is_bounded(unit: str, fence: str) -> None:
    assert calls_to_format(long_text(fence, [unit])) < CALLS_MAX


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED.keys())
def test_the_work_for_nested_marks_is_bounded(text: str) -> None:
    assert calls_to_format(text) < CALLS_MAX


@settings(max_examples=50)
@given(st.sampled_from(FENCES), st.lists(st.sampled_from(UNITS), min_size=1, max_size=5))
def test_the_work_for_any_text_is_bounded(fence: str, units: list[str]) -> None:
    assert calls_to_format(long_text(fence, units)) < CALLS_MAX


def long_text(fence: str, units: list[str]) -> str:
    text = "".join(units) * TEXT_MAX_CHARACTERS
    return f"{fence}{text}"[: TEXT_MAX_CHARACTERS - 4] + "\n```"


def test_text_that_takes_too_much_work_is_shown_as_typed() -> None:
    assert render("*a* " * 400).html
    assert render("*a* " * 2_000) == Rendered()


def test_code_that_takes_too_much_work_has_no_colours() -> None:
    html = render("```py\nif a: b\n```\n```py\n" + "if a: b\n" * 900 + "```").html
    assert html.startswith('<pre tabindex="0"><code><span class="k">if</span>')
    assert html.count("<span") == 1


@pytest.mark.parametrize("document", ["README.md", "docs/protocol.md", "docs/delivery.md"])
def test_a_long_document_keeps_its_formatting(document: str) -> None:
    text = (Path(django.conf.settings.BASE_DIR) / document).read_text()
    assert render(text[:TEXT_MAX_CHARACTERS]).html


def test_the_html_is_measured_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(markdown.parse("<http://a.b>", {}).html()) < 60 < len(render("<http://a.b>").html)
    monkeypatch.setattr("chat.formatting.HTML_MAX_CHARACTERS", 60)
    assert render("<http://a.b>") == Rendered()


def test_text_that_nests_too_deep_is_shown_as_typed() -> None:
    assert render(f"{'> ' * 30}*a*") == Rendered()


def test_text_whose_html_is_too_long_is_shown_as_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.formatting.HTML_MAX_CHARACTERS", 30)
    assert render("**short**").html
    assert render("**a little longer**") == Rendered()


def test_text_with_too_many_bare_urls_gets_no_links() -> None:
    assert "<a" not in render("*a* " + "a.io " * 101).html


def test_text_with_too_many_brackets_gets_no_links() -> None:
    link = "[a](http://a.b) "
    assert "<a" in render(link * 500).html
    assert "<a" not in render(link * 501).html


def test_text_that_fails_to_parse_is_shown_as_typed_and_logged_by_length(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("chat.formatting.markdown.parse", lambda *_: 1 / 0)
    assert render("*secret*") == Rendered()
    assert "could not format a text of 8 characters" in caplog.text
    assert "secret" not in caplog.messages[0]
