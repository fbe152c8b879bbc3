"""Going through the rooms by keys."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.room_page import (
    AFTER_PAINT,
    NewPage,
    enter_room,
    open_room,
    send_message,
    sidebar_row,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server


def stepped(page: Page, rooms: list[dict[str, Any]], step: int) -> str | None:
    found: str | None = page.evaluate(
        """async ([rooms, step]) => {
          const { adjacentRoom } = await import("/static/chat/js/reading/room_steps.js");
          return adjacentRoom(rooms, step, ({ unread }) => unread !== 0)?.name ?? null;
        }""",
        [rooms, step],
    )
    return found


def listed(names: str, current: str, read: str = "") -> list[dict[str, Any]]:
    return [
        {"name": it, "isCurrent": it == current, "unread": 0 if it in read else 1} for it in names
    ]


@pytest.mark.parametrize(
    ("rooms", "up", "down"),
    [
        (listed("abc", "b"), "a", "c"),
        (listed("abc", "a"), "c", "b"),  # as if the list were a ring
        (listed("abc", "c"), "b", "a"),
        (listed("abcde", "c", read="bd"), "a", "e"),
        (listed("abc", "-"), "c", "a"),  # the current room is not in the list
        (listed("a", "a"), None, None),
        (listed("", "-"), None, None),
        (listed("abc", "a", read="bc"), None, None),
    ],
)
def test_a_step_leads_to_the_next_room_that_is_wanted(
    modules_page: Page, rooms: list[dict[str, Any]], up: str | None, down: str | None
) -> None:
    assert stepped(modules_page, rooms, -1) == up
    assert stepped(modules_page, rooms, 1) == down


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_alt_and_an_arrow_go_through_the_rooms(
    new_page: NewPage, server: Server, room: str
) -> None:
    page = new_page("Alice")
    for name in ("a", "b", "c"):
        enter_room(page, server, "Alice", f"{room} {name}")
        send_message(page, "hello")
        expect(page.locator(".message:not(.is-pending)")).to_have_count(1)
    expect(page.locator(".rooms-row")).to_have_count(3)
    field = page.locator("#chat-message-input")
    field.press("Alt+ArrowDown")  # the latest active room is the first
    expect(heading(page)).to_have_text(f"{room} b")
    expect(page.locator(".rooms-row")).to_have_count(3)
    field.fill("a draft")
    field.press("Alt+ArrowDown")
    expect(heading(page)).to_have_text(f"{room} a")
    expect(page.locator(".rooms-row")).to_have_count(3)
    with socket_person(server, f"{room} c") as bob:
        bob.post("news")
    expect(sidebar_row(page, f"{room} c").locator(".rooms-count")).to_have_text("1")
    page.locator("#chat-log").press("Alt+Shift+ArrowUp")
    expect(heading(page)).to_have_text(f"{room} c")
    expect(page.locator(".rooms-row")).to_have_count(3)
    field.press("Alt+Shift+ArrowUp")
    expect(page.locator("[data-toast]")).to_have_text("There is no unread room.")
    assert page.evaluate("document.activeElement.id") == "chat-message-input"


@pytest.mark.parametrize(("text", "goes"), [("", True), ("two\n\nparagraphs", False)])
def test_on_a_mac_option_and_an_arrow_move_in_a_text(
    new_page: NewPage, server: Server, room: str, text: str, goes: bool
) -> None:
    page = new_page("Alice")
    page.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    open_room(page, server, room)
    page.locator("#chat-message-input").fill(text)
    page.locator("#chat-message-input").press("Alt+Shift+ArrowUp")
    page.evaluate(AFTER_PAINT)
    shown = "There is no unread room." if goes else ""
    expect(page.locator("[data-toast]")).to_have_text(shown)
