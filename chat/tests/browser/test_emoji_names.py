"""Finding emoji by their names."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from chat.formatting.emoji import shortcodes
from chat.tests.browser.modules import URL_PATH


def evaluate(page: Page, expression: str) -> Any:
    """Evaluate JavaScript that uses EmojiNames."""
    script = f"import('{URL_PATH}/emoji/emoji_names.js').then(({{ EmojiNames }}) => {expression})"
    return page.evaluate(script)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tad", "🎉"),
        ("heart", "❤️"),
        ("thumbs", "👍"),
        ("joy", "😂"),
        ("+1", "👍"),
        ("smile", "😄"),
        ("sm", "😄"),  # one word before `smiling_face_with_hearts`
        ("smi", "😄"),
        ("on", "🔛"),
        ("ok", "🆗"),
        ("ok_", "👌"),
        ("cat", "🐱"),
        ("wave", "👋"),
        ("sob", "😭"),
        ("thumbsd", "👎"),
        ("eyes", "👀"),
        ("ove_let", "💌"),
        ("flag-de", "🇩🇪"),
        ("man-shr", "🤷‍♂️"),
    ],
)
def test_the_most_used_emoji_comes_first(modules_page: Page, query: str, first: str) -> None:
    found = evaluate(modules_page, f"new EmojiNames('/emoji.json').search('{query}', 8)")
    assert found[0]["emoji"] == first
    assert len({it["emoji"] for it in found}) == len(found) <= 8


@pytest.mark.parametrize("query", ["ice", "heart", "cat"])
def test_names_that_begin_with_the_query_come_before_words_inside_and_these_before_parts(
    modules_page: Page, query: str
) -> None:
    found = evaluate(modules_page, f"new EmojiNames('/emoji.json').search('{query}', 400)")
    kinds = [kind_of_match(it["name"], query) for it in found]
    assert kinds == sorted(kinds)
    assert {0, 1, 3} <= set(kinds)


def kind_of_match(name: str, query: str) -> int:
    """0 is the name itself; 1 and 2 begin with the query, 3 and 4 have a word that does."""
    begins, word = name.startswith(query), query in name.split("_")
    if name == query:
        return 0
    if begins:
        return 1 if word and name[len(query)] == "_" else 2
    return 3 if word else 4 if f"_{query}" in name else 5


def test_of_equals_the_emoji_used_lately_comes_first(modules_page: Page) -> None:
    script = """(async () => {
      localStorage["lobby emoji"] = "🏡 🥰";
      const names = new EmojiNames("/emoji.json");
      const found = [await names.search("sm", 1), await names.search("smile", 1)];
      localStorage.removeItem("lobby emoji");
      return found.map(([{ emoji }]) => emoji);
    })()"""
    assert evaluate(modules_page, script) == ["🥰", "😄"]


@pytest.mark.parametrize("query", ["wave", "thumbs", "handshake", "couple"])
def test_an_emoji_in_several_skin_tones_is_found_once(modules_page: Page, query: str) -> None:
    found = evaluate(modules_page, f"new EmojiNames('/emoji.json').search('{query}', 200)")
    assert found
    assert [it for it in found if re.search("[🏻-🏿]", it["emoji"])] == []


@pytest.mark.parametrize(
    ("emoji", "toned"),
    [
        ("👋", "👋🏽"),
        ("✌️", "✌🏽"),
        ("❤️", "❤️"),
        ("🤝", "🤝🏽"),
        ("🧑‍🤝‍🧑", "🧑🏽‍🤝‍🧑🏽"),
        ("👩‍❤️‍👨", "👩🏽‍❤️‍👨🏽"),
        ("🕵️‍♀️", "🕵🏽‍♀️"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
)
def test_a_skin_tone_is_that_of_everybody_in_an_emoji(
    modules_page: Page, emoji: str, toned: str
) -> None:
    script = f"""([emoji, all]) => import('{URL_PATH}/emoji/skin_tone.js').then(
      ({{ TonedEmoji }}) => new TonedEmoji(all).inTone(emoji, "🏽"))"""
    assert modules_page.evaluate(script, [emoji, list(shortcodes().values())]) == toned


def test_the_chosen_tone_is_that_of_single_people_without_the_names(modules_page: Page) -> None:
    script = f"""(all) => import('{URL_PATH}/emoji/skin_tone.js').then((it) => {{
      it.skinTone.chosen = "🏽";
      const toned = all.map(it.inChosenTone);
      it.skinTone.chosen = "";
      return [...toned, ...all.map(it.inChosenTone)];
    }})"""
    plain = ["👍", "✌️", "❤️", "👨‍👩‍👧"]
    assert modules_page.evaluate(script, plain) == ["👍🏽", "✌🏽", "❤️", "👨‍👩‍👧", *plain]


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
