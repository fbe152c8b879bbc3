"""People of one name in a room are told apart by a mark."""

import re

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.modules import URL_PATH, call_function
from chat.tests.browser.room_page import Enter, message, message_field, send_message

LTR = "\u200e"
MARK = re.compile(f"^{LTR}#[0-9a-f]{{2,8}}$")
SHOWN = "node => getComputedStyle(node, '::after').content"
MARKS = f"""async (people) => {{
  const {{ Timeline }} = await import("{URL_PATH}/timeline/timeline.js");
  const timeline = new Timeline();
  people.forEach(([id, name]) => timeline.rename({{ id, name }}));
  return people.map(([id]) => timeline.markOf({{ id }}));
}}"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ada"),
        ("Ada", "Аdа"),
        ("Ada", "A d a"),
        ("Bill", "BiII"),
        ("Otto", "0tt0"),
        ("Zoé", "Zoe"),
    ],
)
def test_names_that_look_the_same_have_one_key(modules_page: Page, one: str, other: str) -> None:
    keys = [
        call_function(modules_page, "people/lookalikes.js", "lookalikeKey", it)
        for it in (one, other)
    ]
    assert keys[0] == keys[1]


@pytest.mark.parametrize(("one", "other"), [("Ada", "Adam"), ("李", "王"), ("🦊", "🐻")])
def test_other_names_have_other_keys(modules_page: Page, one: str, other: str) -> None:
    keys = [
        call_function(modules_page, "people/lookalikes.js", "lookalikeKey", it)
        for it in (one, other)
    ]
    assert keys[0] != keys[1]


def test_a_mark_is_as_long_as_it_must_be(modules_page: Page) -> None:
    people = [
        ["7fa1b2c3-", "Ada"],
        ["90a1b2c3-", "Ada"],
        ["7fa2b2c3-", "ADA"],
        ["7f000000-", "Bob"],
    ]
    assert modules_page.evaluate(MARKS, people) == [f"{LTR}#7fa1", f"{LTR}#90", f"{LTR}#7fa2", ""]


def test_two_people_of_one_name_are_told_apart_everywhere(enter: Enter) -> None:
    carol, one = enter("Carol"), enter("Ada")
    send_message(one, "hello")
    expect(message(carol, "hello")).to_be_visible()
    author = message(carol, "hello").locator(".message-author")
    expect(author).to_have_attribute("data-mark", "")
    other = enter("Ada")
    expect(author).to_have_attribute("data-mark", MARK)
    mark = author.get_attribute("data-mark")
    assert mark in author.evaluate(SHOWN)
    rows = carol.locator(".people-note[data-mark*='#']")
    expect(rows).to_have_count(2)
    send_message(other, "hi")
    expect(message(carol, "hi").locator(".message-author")).to_have_attribute("data-mark", MARK)
    expect(carol.locator("[data-announcer]")).to_contain_text(f"Ada {LTR}#")
    message(carol, "hello").focus()
    carol.keyboard.press("r")
    expect(carol.locator("[data-composer-banner-text]")).to_contain_text(f"Ada {mark}")
    send_message(carol, "an answer")
    expect(carol.locator(".quote-author")).to_have_text(f"Ada {mark}")
    message_field(carol).press_sequentially("@Ada")
    expect(carol.locator(".completion-name[data-mark*='#']")).to_have_count(2)
    send_message(carol, "@Ada which one?")
    message(carol, "which one?").locator(".mention").click()
    items = carol.get_by_role("menu", name="People of this name").get_by_role("menuitem")
    expect(items).to_have_text([re.compile(f"^Ada {LTR}#[0-9a-f]{{2,8}}$")] * 2)
    items.filter(has_text=str(mark)).click()
    expect(carol.locator("[data-card=name]")).to_have_attribute("data-mark", str(mark))
    carol.keyboard.press("Escape")
    expect(message(carol, "which one?").locator(".mention")).to_be_focused()
    message_field(carol).fill("")
    message_field(one).press_sequentially("hm")
    expect(carol.locator("[data-typing]")).to_have_text(f"\u2068Ada {mark}\u2069 is typing…")


def test_after_a_name_from_right_to_left_the_mark_reads_from_left_to_right(enter: Enter) -> None:
    """As text: where a digit begins it and where a letter does, it would differ without."""
    carol, one = enter("Carol"), enter("דוד לוי")
    send_message(one, "hello")
    enter("דוד לוי")
    author = message(carol, "hello").locator(".message-author")
    expect(author).to_have_attribute("data-mark", MARK)
    assert f" {LTR}#" in author.evaluate(SHOWN)


def test_the_mark_goes_with_the_second_name(enter: Enter) -> None:
    carol, one, other = enter("Carol"), enter("Ada"), enter("Ada")
    send_message(one, "hello")
    author = message(carol, "hello").locator(".message-author")
    expect(author).to_have_attribute("data-mark", MARK)
    send_message(other, "/nick Eve")
    expect(author).to_have_attribute("data-mark", "")
