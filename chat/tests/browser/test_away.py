"""The list of what happened in a room while one was away."""

import re

from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import (
    SMALL_PHONE,
    NewPage,
    enter_room,
    expect_sent,
    open_room,
    send_message,
)
from chat.tests.browser.socket_person import socket_person
from chat.tests.support.servers import Server

LABEL = "While you were away"


def go_and_come_back(page: Page, server: Server, room: str) -> None:
    """Alice reads two messages and goes; much happens; she comes back."""
    with socket_person(server, room) as bob:
        edited, deleted = bob.post("a eror"), bob.post("something rash")
        enter_room(page, server, "Alice", room)
        send_message(page, "Who has the key?")
        expect_sent(page)
        asked = deleted + 1
        page.goto(server.url)
        bob.edit(edited, "an error")
        bob.delete(deleted)
        bob.post("I have it", reply_to=asked)
        bob.post("@Alice, ||the secret|| is out")
        bob.post("see https://example.com")
        for number in range(60):
            bob.post(f"well {number}")
    open_room(page, server, room)


def in_bar(page: Page) -> Locator:
    return page.locator("[data-unread]").get_by_role("button", name=LABEL)


def in_line(page: Page) -> Locator:
    return page.locator(".unread-divider").get_by_role("button", name=LABEL)


def away(page: Page) -> Locator:
    return page.get_by_role("dialog", name=LABEL)


def test_alice_reads_what_happened_and_goes_to_what_matters(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    go_and_come_back(page, server, room)
    in_bar(page).click()
    expect(away(page).get_by_role("heading", level=3)).to_have_text(
        [
            "Mentions of you",
            "Answers to you",
            "Edited after you read it",
            "Deleted after you read it",
            "Links",
        ]
    )
    lines = away(page).get_by_role("link")
    expect(lines.nth(0)).to_contain_text("@Alice, ▒▒▒ is out")
    expect(lines.nth(1)).to_contain_text("I have it")
    expect(lines.nth(2)).to_contain_text("an error")
    expect(lines.nth(3)).to_contain_text("This message was deleted.")
    expect(away(page)).to_contain_text("And 60 other new messages.")
    expect(lines.nth(0)).to_be_focused()
    assert not violations(page)
    lines.nth(2).click()
    expect(away(page)).to_be_hidden()
    expect(page.locator(".message", has_text="an error")).to_be_focused()


def test_the_sheet_of_the_room_has_it_where_nothing_is_unread(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    enter_room(page, server, "Alice", room)
    page.locator("[data-open-room-sheet]").click()
    page.get_by_role("button", name=LABEL).click()
    expect(away(page)).to_contain_text("Nothing has happened since you left off.")
    page.keyboard.press("Escape")
    expect(away(page)).to_be_hidden()


def test_the_list_says_if_it_could_not_be_loaded(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    go_and_come_back(page, server, room)
    page.route(re.compile(r"/away\?"), lambda route: route.abort())
    in_bar(page).click()
    expect(away(page)).to_contain_text("This could not be loaded.")
    away(page).get_by_role("button", name="Close").click()
    expect(away(page)).to_be_hidden()


def test_the_list_is_accessible_on_a_phone(server: Server, new_page: NewPage, room: str) -> None:
    page = new_page("Alice", **SMALL_PHONE)
    go_and_come_back(page, server, room)
    assert not cut_off(page)
    assert not small_targets(page, 44)
    page.locator("[data-unread-go]").tap()
    assert not violations(page)
    assert not small_targets(page, 44)
    in_line(page).tap()
    expect(away(page).get_by_role("link")).to_have_count(5)
    assert not violations(page)
    assert not cut_off(page)
    assert not small_targets(page, 44)
