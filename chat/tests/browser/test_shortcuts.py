"""Shortcuts that work anywhere on a room page, and where they leave the focus."""

import re

from playwright.sync_api import Page, expect

from chat.tests.browser.room_page import (
    Enter,
    keep_room,
    message,
    open_room,
    send_message,
    sidebar_row,
)
from chat.tests.support.servers import Server


def test_a_question_mark_opens_the_help_and_a_letter_focuses_the_composer(alice: Page) -> None:
    composer = alice.locator("#chat-message-input")
    help_dialog = alice.get_by_role("dialog", name="Help")
    composer.press_sequentially("?")
    expect(composer).to_have_value("?")
    alice.locator("#chat-log").focus()
    alice.keyboard.press("?")
    expect(help_dialog).to_contain_text("Edit your last message")
    expect(help_dialog.locator("kbd kbd").first).to_have_text("Ctrl")
    alice.keyboard.press("x")
    expect(composer).to_have_value("?")
    single = help_dialog.get_by_role("checkbox", name="Single-key shortcuts")
    single.uncheck()
    alice.keyboard.press("Escape")
    expect(alice.locator("#chat-log")).to_be_focused()
    alice.keyboard.press("x")
    alice.keyboard.press("?")
    alice.locator("[data-help]").click()
    expect(help_dialog).to_be_visible()
    single.check()
    help_dialog.get_by_role("button", name="Close").click()
    expect(alice.locator("[data-help]")).to_be_focused()
    alice.keyboard.press("x")
    alice.locator("#chat-log").focus()
    alice.keyboard.press("y")
    expect(composer).to_be_focused()
    expect(composer).to_have_value("?y")


def test_escape_closes_the_innermost_first(enter: Enter) -> None:
    page = enter("Alice", viewport={"width": 800, "height": 700})
    send_message(page, "one")
    send_message(page, "two")
    expect(page.locator(".message:not(.is-pending)")).to_have_count(2)
    composer, banner = page.locator("#chat-message-input"), page.locator("[data-composer-banner]")
    pane, dialog = page.locator("#people-pane"), page.locator("[data-name-dialog]")
    composer.press("ArrowUp")
    page.locator("[data-toggle=people]").click()
    page.locator("[data-rename]").click()
    open_ones = [banner, pane, dialog]
    while open_ones:
        for it in open_ones:
            expect(it).to_be_visible()
        page.keyboard.press("Escape")
        expect(open_ones.pop()).to_be_hidden()
    expect(composer).to_be_focused()
    page.locator("#chat-log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    menu = page.locator("[data-message-menu]")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(message(page, "two")).to_be_focused()
    page.keyboard.press("Escape")
    expect(composer).to_be_focused()


def test_closing_a_dialog_returns_the_focus_to_its_opener(
    alice: Page, server: Server, room: str
) -> None:
    for opener in ("[data-rename]", "[data-topic]", "[data-find-room]"):
        alice.locator(opener).click()
        expect(alice.locator("dialog[open]")).to_have_count(1)
        alice.keyboard.press("Escape")
        expect(alice.locator(opener)).to_be_focused()
    send_message(alice, "one")
    expect(alice.locator(".message:not(.is-pending)")).to_have_count(1)
    alice.locator("#chat-log").focus()
    alice.keyboard.press("ArrowUp")
    alice.keyboard.press("Enter")
    alice.locator(".menu [data-action=delete]").press("Enter")
    expect(alice.locator("[data-delete-dialog] [value=no]")).to_be_focused()
    alice.locator("[data-delete-dialog] [value=yes]").press("Enter")
    expect(alice.locator(".message-text")).to_have_class(re.compile("is-deleted"))
    expect(alice.locator(".message")).to_be_focused()


def test_leaving_a_room_moves_the_focus_to_the_nearest_room(
    alice: Page, server: Server, room: str
) -> None:
    keep_room(alice)
    open_room(alice, server, f"{room} 2")
    rows = alice.locator("[data-rooms] .rooms-row")
    left = sidebar_row(alice, room)
    expect(left).to_be_attached()  # the list comes after the socket has opened
    place = rows.evaluate_all("(rows, left) => rows.indexOf(left)", left.element_handle())
    left.locator(".rooms-more").focus()
    alice.keyboard.press("Enter")
    expect(alice.locator("[data-room-action=mute]")).to_be_focused()
    alice.keyboard.press("Escape")
    expect(left.locator(".rooms-more")).to_be_focused()
    alice.keyboard.press("Enter")
    alice.locator("[data-room-action=leave]").press("Enter")
    expect(left).to_have_count(0)
    near = min(place, rows.count() - 1)
    expect(rows.nth(near).locator("a")).to_be_focused()
