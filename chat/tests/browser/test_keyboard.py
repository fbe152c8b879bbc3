"""Using a room by keyboard: arrow keys, tab stops, menus and the focus."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.room_page import enter_room, keep_room, open_room, send_message
from chat.tests.browser.socket_person import SocketPerson, socket_person
from chat.tests.support.servers import Server

FOCUSED = """() => {
  const { dataset, id, tagName } = document.activeElement;
  return dataset.seq ?? dataset.action ?? dataset.emoji ?? (id || tagName.toLowerCase());
}"""


@pytest.fixture(scope="module")
def desktop_page(browser: Browser, server: Server) -> Iterator[Page]:
    with page_factory(browser) as new:
        page = new("Alice", viewport={"width": 1440, "height": 900})
        enter_room(page, server, "Alice", "first")
        keep_room(page)
        yield page


@pytest.fixture
def alice(desktop_page: Page, bob: SocketPerson, server: Server, room: str) -> Page:
    """In a room with three messages of Bob; the second has a link and a reaction."""
    bob.post("one")
    two = bob.post("two https://example.com")
    bob.post("three")
    bob.react(two, "🎉")
    open_room(desktop_page, server, room)
    return desktop_page


def focused(page: Page) -> str:
    name: str = page.evaluate(FOCUSED)
    return name


def press(page: Page, keys: str) -> list[str]:
    """Press the keys; returns what has the focus after each."""
    found = []
    for key in keys.split():
        page.keyboard.press(key)
        found.append(focused(page))
    return found


def test_arrows_move_between_messages_and_tab_within_one(alice: Page) -> None:
    alice.locator("#chat-log").focus()
    assert press(alice, "ArrowUp ArrowUp Home End ArrowUp") == ["3", "2", "1", "3", "2"]
    assert press(alice, "Tab Tab Tab") == ["a", "🎉", "pick"]
    assert press(alice, "ArrowRight End ArrowRight Home") == ["reply", "menu", "pick", "pick"]
    assert press(alice, "Shift+Tab Shift+Tab Shift+Tab") == ["🎉", "a", "2"]
    assert press(alice, "Escape") == ["chat-message-input"]


def test_the_timeline_is_a_single_tab_stop(alice: Page) -> None:
    alice.locator("#chat-message-input").focus()
    assert press(alice, "Shift+Tab Tab") == ["chat-log", "chat-message-input"]


def test_a_menu_has_the_usual_menu_keys(alice: Page) -> None:
    alice.locator("#chat-log").focus()
    assert press(alice, "ArrowUp Enter") == ["3", "pick"]
    assert press(alice, "End Home ArrowUp c c") == [
        "report",
        "pick",
        "report",
        "copyLink",
        "copyText",
    ]
    assert press(alice, "Escape Enter Tab") == ["3", "pick", "pick"]
    expect(alice.get_by_role("menu")).to_be_hidden()
    assert alice.locator(":focus").evaluate("it => it.closest('[role=toolbar]') !== null")


def test_removing_the_focused_element_focuses_the_nearest(alice: Page, bob: SocketPerson) -> None:
    send_message(alice, "four")
    expect(alice.locator(".is-pending")).to_have_count(0)
    alice.locator(".reaction").focus()
    alice.keyboard.press("Enter")
    alice.keyboard.press("Enter")
    expect(alice.locator(".reaction[aria-pressed=false]")).to_be_focused()
    # A copy of a message: the timeline counts on its own elements.
    alice.locator(".message").last.evaluate("message => message.after(message.cloneNode(true))")
    alice.locator("#chat-log").focus()
    assert press(alice, "ArrowUp End") == ["5", "5"]
    alice.locator(".message:focus").evaluate("copy => copy.remove()")
    expect(alice.locator("#chat-log")).to_be_focused()
    assert press(alice, "ArrowUp") == ["5"]
    jump = alice.locator("[data-jump]")
    jump.evaluate("jump => { jump.hidden = false; jump.focus(); jump.hidden = true; }")
    expect(alice.locator("#chat-log")).to_be_focused()


def test_the_focus_is_not_restored_after_a_person_moves_it(alice: Page, bob: SocketPerson) -> None:
    alice.locator("#chat-message-input").focus()
    alice.locator(".room-title").click()
    bob.post("four")
    expect(alice.locator("#chat-log")).to_contain_text("four")
    assert focused(alice) == "body"


def test_a_pending_message_keeps_the_focus_when_it_is_confirmed(
    alice: Page, server: Server
) -> None:
    server.pause()
    try:
        send_message(alice, "four")
        alice.locator("#chat-log").focus()
        alice.keyboard.press("ArrowUp")
        expect(alice.locator(".is-pending")).to_be_focused()
    finally:
        server.resume()
    expect(alice.locator('.message[data-seq="5"]')).to_be_focused()


def test_a_room_in_the_sidebar_keeps_the_focus_when_the_order_changes(
    alice: Page, server: Server
) -> None:
    row = alice.locator(".rooms-row", has_text="first").locator(".rooms-more")
    row.focus()
    with socket_person(server, "first") as carol:
        carol.post("hello")
    expect(alice.locator(".rooms-row").first).to_contain_text("first")
    expect(row).to_be_focused()


def test_an_open_pane_keeps_the_focus_and_closing_it_returns_the_focus(alice: Page) -> None:
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
    alice.locator(".people-row").last.press("Enter")
    alice.locator("[data-person-card]").get_by_role("button", name="Mention").press("Enter")
    expect(alice.get_by_role("textbox")).to_be_focused()
    expect(alice.get_by_role("textbox")).to_have_value(re.compile("^@"))
    alice.set_viewport_size({"width": 1440, "height": 900})


def test_escape_hides_the_reaction_tooltip_until_the_next_hover(alice: Page) -> None:
    tooltip = "chip => getComputedStyle(chip, '::after').content"
    chip = alice.locator(".reaction")
    chip.hover()
    assert chip.evaluate(tooltip) != "none"
    alice.keyboard.press("Escape")
    assert chip.evaluate(tooltip) == "none"
    alice.mouse.move(0, 0)
    chip.hover()
    assert chip.evaluate(tooltip) != "none"
