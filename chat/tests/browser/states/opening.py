"""What states and tests open and close in a room."""

import re

from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.room_page import (
    message_field,
)


def open_search(page: Page) -> Locator:
    panel = page.locator("[data-search-panel]")
    if panel.is_hidden():
        if page.locator(".room-header [data-reading=openSearch]").is_hidden():  # on a phone
            page.locator("[data-open-room-sheet]").click()
        page.locator("[data-reading=openSearch]:visible").click()
    expect(panel).to_be_visible()
    return page.locator("#search-input")


def close_search(page: Page) -> None:
    """Close the panel, or the bar that leads back to it, and go back to the latest messages."""
    close = page.locator(":is([data-search-close], .search-back .icon-button):visible")
    if close.count():
        close.click()
        page.locator("#chat-log").evaluate("log => log.scrollTo(0, log.scrollHeight)")


def open_people(page: Page) -> None:
    open_pane(page, "people")


def leave_room(page: Page, at: int = 0) -> None:
    """Leave a room of the list."""
    open_pane(page, "rooms")
    page.locator(".rooms-more").nth(at).focus()
    page.keyboard.press("Enter")
    page.locator("[data-room-action=leave]").press("Enter")


def open_pane(page: Page, name: str) -> None:
    toggle = page.locator(f"[data-toggle={name}]")
    if toggle.get_attribute("aria-expanded") == "false":
        toggle.click()
    expect(page.locator(f"[data-pane={name}]")).to_be_visible()


def leave_state(page: Page) -> None:
    """Close what a state opened."""
    if not message_field(page).count():
        return
    close_search(page)
    for _ in range(3):
        page.keyboard.press("Escape")
    expect(page.locator("dialog[open], :popover-open")).to_have_count(0)
    if re.match("[@:/]", message_field(page).input_value()):
        message_field(page).fill("")
