"""Editing Markdown: marks, links and lists.

A state is written with its selection between two `|`, or with its caret as one.
"""

from typing import Any

import pytest
from playwright.sync_api import Page

from chat.tests.browser.modules import call_function

MODULE = "composer/markdown_editing.js"


def parse_state(text: str) -> dict[str, Any]:
    before, selected, *rest = text.split("|")
    after = rest[0] if rest else selected
    selected = selected if rest else ""
    start = len(before)
    return {"text": before + selected + after, "start": start, "end": start + len(selected)}


def format_state(state: dict[str, Any] | None) -> str | None:
    if state is None:
        return None
    text, start, end = state["text"], state["start"], state["end"]
    selected = "" if start == end else f"{text[start:end]}|"
    return f"{text[:start]}|{selected}{text[end:]}"


def edit(page: Page, function: str, before: str, *arguments: str) -> str | None:
    state = call_function(page, MODULE, function, parse_state(before), *arguments)
    return format_state(state)


MARKS = [
    ("**", "a |bold| word", "a **|bold|** word"),
    ("**", "a **|bold|** word", "a |bold| word"),
    ("**", "a |**bold**| word", "a |bold| word"),
    ("**", "a| bold |word", "a **|bold|** word"),
    ("**", "a |", "a **|**"),
    ("**", "a **|**", "a |"),
    ("**", "a **bold|**", "a **bold**|"),
    ("**", "|**bold**", "**|****bold**"),
    ("_", "|slanted|", "_|slanted|_"),
    ("_", "_|slanted|_", "|slanted|"),
    ("_", "__|bold|__", "___|bold|___"),
    ("_", "___|both|___", "__|both|__"),
    ("_", "**|both|**", "**_|both|_**"),
    ("`", "call |it|", "call `|it|`"),
    ("`", "call `|it|`", "call |it|"),
    ("`", "|a`b|", "`` |a`b| ``"),
    ("`", "`` |a`b| ``", "|a`b|"),
    ("`", "|a\nb|", "```\n|a\nb|\n```"),
    ("`", "```\n|a\nb|\n```", "|a\nb|"),
    ("`", "|```py\na\nb\n```|", "|a\nb|"),
    ("`", "so: |  a\nb\n|done", "so: \n```\n|  a\nb|\n```\ndone"),
    ("`", "|a\n```\nb|", "````\n|a\n```\nb|\n````"),
]


@pytest.mark.parametrize(("mark", "before", "after"), MARKS)
def test_a_mark_is_added_or_removed(modules_page: Page, mark: str, before: str, after: str) -> None:
    assert edit(modules_page, "toggleMark", before, mark) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see |here|.", "see [here](|url|)."),
        ("see |[1]|", "see [\\[1\\]](|url|)"),
        ("see |https://a.org/b(c)|", "see [|text|](https://a.org/b%28c%29)"),
    ],
)
def test_a_new_link_selects_the_part_that_is_missing(
    modules_page: Page, before: str, after: str
) -> None:
    assert edit(modules_page, "makeLink", before) == after


@pytest.mark.parametrize(
    ("before", "pasted", "after"),
    [
        ("see |here|.", " https://a.org/b?c=d ", "see [here](https://a.org/b?c=d)|."),
        ("see |here|", "http://a.org/(b", "see [here](http://a.org/%28b)|"),
        ("see |", "https://a.org", None),
        ("see | |it", "https://a.org", None),
        ("|https://b.org|", "https://a.org", None),
        ("|here|", "https://a.org and more", None),
        ("|here|", "javascript:alert(1)", None),
    ],
)
def test_a_url_pasted_over_a_selection_links_it(
    modules_page: Page, before: str, pasted: str, after: str | None
) -> None:
    assert edit(modules_page, "pasteLink", before, pasted) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- one|", "- one\n- |"),
        ("* one| two", "* one\n* | two"),
        ("  - one|", "  - one\n  - |"),
        ("9. one|", "9. one\n10. |"),
        ("1) one|\n2) two", "1) one\n2) |\n2) two"),
        ("> said|", "> said\n> |"),
        ("> - said|", "> - said\n> - |"),
        ("a\n- one\n- |", "a\n- one\n|"),
        ("1. |\nb", "|\nb"),
        ("> |", "|"),
        ("> - |", "> |"),
        ("- on|e|", "- on\n- |"),
        ("words|", None),
        ("|", None),
        ("|- one", None),
        ("-|", None),
        ("\n|", None),
        ("**bold**|", None),
        ("- one\nwords|", None),
        ("2024.5|", None),
    ],
)
def test_a_new_line_continues_the_list(modules_page: Page, before: str, after: str | None) -> None:
    assert edit(modules_page, "continueList", before) == after
