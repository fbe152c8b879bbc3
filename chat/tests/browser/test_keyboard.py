"""A room without a mouse: where the focus goes, and that it is never lost."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.somebody import Somebody, somebody_in
from chat.tests.browser.test_room import enter, say
from chat.tests.support.servers import Server

FOCUSED = """() => {
  const { dataset, id, tagName } = document.activeElement;
  return dataset.seq ?? dataset.action ?? dataset.emoji ?? (id || tagName.toLowerCase());
}"""


@pytest.fixture(scope="module")
def walker(browser: Browser, server: Server) -> Iterator[Page]:
    """Alice, who has no mouse."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        enter(page, server, "Alice", "first")
        yield page


@pytest.fixture
def bob(server: Server, room: str) -> Iterator[Somebody]:
    with somebody_in(server, room) as bob:
        yield bob


@pytest.fixture
def alice(walker: Page, bob: Somebody, server: Server, room: str) -> Page:
    """In a room where Bob said three things, of which the second has a link and a reaction."""
    bob.say("one")
    two = bob.say("two https://example.com")
    bob.say("three")
    bob.react(two, "🎉")
    walker.goto(f"{server.url}/chat/{quote(room)}/")
    expect(walker.locator("[data-status]")).to_have_attribute("data-state", "open")
    return walker


def focused(page: Page) -> str:
    name: str = page.evaluate(FOCUSED)
    return name


def press(page: Page, keys: str) -> list[str]:
    """Where the focus is after each of these."""
    places = []
    for key in keys.split():
        page.keyboard.press(key)
        places.append(focused(page))
    return places


def test_arrows_walk_the_messages_and_tab_what_is_in_one(alice: Page) -> None:
    alice.locator("#chat-log").focus()
    assert press(alice, "ArrowUp ArrowUp Home End ArrowUp") == ["3", "2", "1", "3", "2"]
    assert press(alice, "Tab Tab Tab") == ["a", "🎉", "pick"]
    assert press(alice, "ArrowRight End ArrowRight Home") == ["reply", "menu", "pick", "pick"]
    assert press(alice, "Shift+Tab Shift+Tab Shift+Tab") == ["🎉", "a", "2"]
    assert press(alice, "Escape") == ["chat-message-input"]


def test_the_timeline_is_one_stop_however_much_is_in_it(alice: Page) -> None:
    alice.locator("#chat-message-input").focus()
    assert press(alice, "Shift+Tab Tab") == ["chat-log", "chat-message-input"]


def test_a_menu_is_walked_and_left_as_menus_are(alice: Page) -> None:
    alice.locator("#chat-log").focus()
    assert press(alice, "ArrowUp Enter") == ["3", "pick"]
    assert press(alice, "End Home ArrowUp c c") == [
        "copyText",
        "pick",
        "copyText",
        "copyLink",
        "copyText",
    ]
    assert press(alice, "Escape Enter Tab") == ["3", "pick", "pick"]
    expect(alice.get_by_role("menu")).to_be_hidden()
    assert alice.locator(":focus").evaluate("it => it.closest('[role=toolbar]') !== null")


def test_what_takes_the_focus_with_it_leaves_it_to_what_is_near(alice: Page, bob: Somebody) -> None:
    say(alice, "four")
    expect(alice.locator(".is-pending")).to_have_count(0)
    alice.locator(".reaction").focus()
    alice.keyboard.press("Enter")
    alice.keyboard.press("Enter")
    expect(alice.locator(".reaction[aria-pressed=false]")).to_be_focused()
    alice.locator("#chat-log").focus()
    alice.keyboard.press("ArrowUp")
    alice.locator(".message").last.evaluate("message => message.remove()")
    expect(alice.locator("#chat-log")).to_be_focused()
    assert press(alice, "ArrowUp") == ["3"]
    jump = alice.locator("[data-jump]")
    jump.evaluate("jump => { jump.hidden = false; jump.focus(); jump.hidden = true; }")
    expect(alice.locator("#chat-log")).to_be_focused()


def test_who_leaves_by_themselves_is_not_brought_back(alice: Page, bob: Somebody) -> None:
    alice.locator("#chat-message-input").focus()
    alice.locator(".room-title").click()
    bob.say("four")
    expect(alice.locator("#chat-log")).to_contain_text("four")
    assert focused(alice) == "body"


def test_my_line_keeps_the_focus_as_it_is_confirmed(alice: Page, server: Server) -> None:
    server.pause()
    try:
        say(alice, "four")
        alice.locator("#chat-log").focus()
        alice.keyboard.press("ArrowUp")
        expect(alice.locator(".is-pending")).to_be_focused()
    finally:
        server.resume()
    expect(alice.locator('.message[data-seq="5"]')).to_be_focused()


def test_a_room_keeps_the_focus_as_another_overtakes_it(alice: Page, server: Server) -> None:
    row = alice.locator(".rooms-row", has_text="first").locator(".rooms-more")
    row.focus()
    with somebody_in(server, "first") as carol:
        carol.say("back again")
    expect(alice.locator(".rooms-row").first).to_contain_text("first")
    expect(row).to_be_focused()


def test_what_lies_under_a_pane_is_not_reached_and_the_way_back_is_short(alice: Page) -> None:
    alice.set_viewport_size({"width": 390, "height": 800})
    people = alice.locator("[data-toggle=people]")
    expect(people).to_have_attribute("aria-expanded", "false")
    people.press("Enter")
    expect(alice.get_by_role("button", name="Collapse people")).to_be_focused()
    within = "document.activeElement.closest('main') === null"
    for _ in range(8):
        alice.keyboard.press("Tab")
        assert alice.evaluate(within)
    alice.get_by_role("button", name="You are").focus()
    alice.keyboard.press("Escape")
    expect(people).to_be_focused()
    people.press("Enter")
    alice.get_by_role("button", name="Mention").last.press("Enter")
    expect(alice.get_by_role("textbox")).to_be_focused()
    expect(alice.get_by_role("textbox")).to_have_value(re.compile("^@"))
    alice.set_viewport_size({"width": 1440, "height": 900})


def test_the_word_on_who_reacted_goes_with_escape_and_comes_back(alice: Page) -> None:
    word = "chip => getComputedStyle(chip, '::after').content"
    chip = alice.locator(".reaction")
    chip.hover()
    assert chip.evaluate(word) != "none"
    alice.keyboard.press("Escape")
    assert chip.evaluate(word) == "none"
    alice.mouse.move(0, 0)
    chip.hover()
    assert chip.evaluate(word) != "none"
