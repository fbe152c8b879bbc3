"""Finding emoji by their names."""

from typing import Any

import pytest
from playwright.sync_api import Page

from chat.tests.browser.modules import URL_PATH


def evaluate(page: Page, expression: str) -> Any:
    """Evaluate JavaScript that uses EmojiNames."""
    script = f"import('{URL_PATH}/lib/emoji_names.js').then(({{ EmojiNames }}) => {expression})"
    return page.evaluate(script)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tad", "🎉"),
        ("heart", "❤️"),
        ("thumbs", "👍"),
        ("joy", "😂"),
        ("+1", "👍"),
        ("ove_let", "💌"),
    ],
)
def test_the_most_used_emoji_comes_first(modules_page: Page, query: str, first: str) -> None:
    found = evaluate(modules_page, f"new EmojiNames('/emoji.json').search('{query}', 8)")
    assert found[0]["emoji"] == first
    assert len({it["emoji"] for it in found}) == len(found) <= 8


def test_emoji_names_are_fetched_once_and_again_only_after_a_failure(modules_page: Page) -> None:
    fetched = evaluate(
        modules_page,
        """(async () => {
          const [real, urls] = [window.fetch, []];
          const offline = () => Promise.reject(new TypeError("Failed to fetch"));
          window.fetch = (url) => urls.push(url) === 1 ? offline() : real(url);
          const names = new EmojiNames("/emoji.json");
          const found = [await names.find("tada"), await names.find("tada")];
          await Promise.all([names.find("nobody"), names.search("x", 1)]);
          window.fetch = real;
          return [...found, urls.length];
        })()""",
    )
    assert fetched == [None, "🎉", 2]
