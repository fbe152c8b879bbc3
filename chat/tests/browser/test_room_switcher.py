"""The dialog that finds and opens a room by a few letters of its name."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import (
    expect_connected,
    expect_sent,
    message,
    open_room,
    post_many,
    room_url,
    send_message,
    sidebar_row,
)
from chat.tests.support.servers import Server

ROOMS = ["Old books", "Élan vital", "Team tea", "tea-house", "Steam"]


def search(page: Page, rooms: list[dict[str, Any]], typed: str) -> list[str]:
    found = call_function(page, "rooms/room_search.js", "searchRooms", rooms, typed)
    return [room["name"] for room in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("te", ["Team tea", "tea-house", "Steam"]),
        ("#te", ["Team tea", "tea-house", "Steam"]),
        ("HOUSE", ["tea-house"]),
        ("tea h", ["tea-house"]),
        ("elan", ["Élan vital"]),
        ("oks", ["Old books"]),
        ("ebk", []),
        ("obk", ["Old books"]),
        ("", ROOMS),
    ],
)
def test_rooms_are_found_by_a_few_letters(modules_page: Page, typed: str, found: list[str]) -> None:
    rooms = [{"name": name, "isCurrent": False, "unread": 0, "mentions": 0} for name in ROOMS]
    assert search(modules_page, rooms, typed) == found


def test_without_a_query_rooms_with_mentions_come_first_and_the_current_one_last(
    modules_page: Page,
) -> None:
    def room(name: str, **fields: Any) -> dict[str, Any]:
        return {"name": name, "isCurrent": False, "unread": 0, "mentions": 0, **fields}

    rooms = [
        room("current", isCurrent=True),
        room("read"),
        room("unread", unread=3),
        room("mentioned", mentions=1),
    ]
    assert search(modules_page, rooms, "") == ["mentioned", "unread", "read", "current"]


@pytest.mark.parametrize(
    ("typed", "new_name"),
    [
        ("#new", "new"),
        (" # new", "new"),
        ("#OLD BOOKS", None),
        (" new ", "new"),
        ("elan vital", "elan vital"),
        ("OLD BOOKS", None),
        ("old   books", None),
        ("new   books", "new books"),
        ("a/b", None),
        ("", None),
    ],
)
def test_a_name_that_is_not_listed_is_offered_as_a_new_room(
    modules_page: Page, typed: str, new_name: str | None
) -> None:
    rooms = [{"name": name} for name in ROOMS]
    assert (
        call_function(modules_page, "rooms/room_search.js", "newRoomName", rooms, typed) == new_name
    )


def test_the_switcher_opens_a_room_by_keyboard(alice: Page, server: Server, room: str) -> None:
    other = f"é {room}"
    send_message(alice, "one")
    expect_sent(alice)
    open_room(alice, server, other)
    expect(sidebar_row(alice, room)).to_be_attached()
    alice.keyboard.press("Control+k")
    dialog = alice.get_by_role("dialog", name="Find a room")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    alice.keyboard.type(f"E {room}".upper())
    options = dialog.get_by_role("option")
    expect(options).to_have_text(
        [re.compile(f"{other}.*Current room"), f"Open new room “{f'E {room}'.upper()}”"]
    )
    alice.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(alice.locator("#chat-message-input")).to_be_focused()
    alice.keyboard.press("Control+k")
    expect(field).to_have_value("")
    alice.keyboard.type(room)
    expect(options).to_have_text([room, re.compile(other)])
    alice.keyboard.press("End")
    expect(options.last).to_have_attribute("aria-selected", "true")
    alice.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(room)
    expect_connected(alice)
    alice.get_by_role("button", name="Find a room").click()
    alice.keyboard.type(f"{room} new")
    expect(options).to_have_text([f"Open new room “{room} new”"])
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"{room} new")


def test_with_a_selection_the_switcher_key_makes_a_link(alice: Page) -> None:
    composer = alice.locator("#chat-message-input")
    composer.fill("here")
    composer.select_text()
    alice.keyboard.press("Control+k")
    expect(composer).to_have_value("[here](url)")
    expect(alice.locator("[data-switcher]")).to_be_hidden()


def switcher(page: Page, typed: str) -> Locator:
    """Type in the switcher. Returns its options."""
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Find a room")
    dialog.get_by_role("combobox").fill(typed)
    return dialog.get_by_role("option")


def test_the_switcher_says_whether_a_room_exists(alice: Page, server: Server, room: str) -> None:
    other = f"Other {room}"
    open_room(alice, server, f"mistyped {room}")
    open_room(alice, server, room)
    post_many(server, other, 1)
    for typed in (other.upper(), f"#{other}"):
        expect(switcher(alice, typed)).to_have_text([f"Go to “{other}”"])
        alice.keyboard.press("Escape")
    new = switcher(alice, f"mistyped {room}")  # nobody said anything in it
    expect(new).to_have_text([f"Open new room “mistyped {room}”"])
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"mistyped {room}")


def test_the_switcher_opens_pasted_addresses(alice: Page, server: Server, room: str) -> None:
    other = f"Other {room}"
    post_many(server, other, 3)
    address = f"{room_url(server, other)}#2"
    expect(switcher(alice, f" {address} ")).to_have_text([f"Go to the message in “{other}”"])
    alice.keyboard.press("Enter")
    alice.wait_for_url(address)
    expect(message(alice, "message 2")).to_be_focused()

    switcher(alice, address.removeprefix("http://").replace("#2", "#3"))
    alice.keyboard.press("Enter")  # before the server has answered
    alice.wait_for_url(address.replace("#2", "#3"))
    expect(message(alice, "message 3")).to_be_focused()


def test_the_switcher_names_what_is_in_the_way_and_offers_the_nearest_name(
    alice: Page, room: str
) -> None:
    options = switcher(alice, f"R&D {room}")
    expect(alice.locator("[data-switcher-note]")).to_have_text("A room name cannot contain “&”.")
    expect(options).to_have_text([f"Open new room “R-D {room}”"])
    alice.locator("[data-switcher-field]").fill("https://evil.example/chat/tea/")
    expect(alice.locator("[data-switcher-note]")).to_contain_text("evil.example is another site")
    expect(options).to_have_count(0)
    alice.keyboard.press("Enter")
    expect(alice.locator("[data-switcher]")).to_be_visible()
    alice.locator("[data-switcher-field]").fill(f"R&D {room}")
    options.click()
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"R-D {room}")


def test_without_an_answer_the_switcher_opens_what_was_typed(alice: Page, room: str) -> None:
    alice.route("**/rooms/find**", lambda route: route.abort())
    expect(switcher(alice, f"{room} new")).to_have_text([f"Open “{room} new”"])
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text(f"{room} new")
    alice.unroute("**/rooms/find**")
