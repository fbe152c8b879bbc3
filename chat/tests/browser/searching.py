"""The search in a room as people use it."""

import re

from playwright.sync_api import Locator, Page, expect

from chat.tests.browser.room_page import (
    expect_sent,
    send_message,
)

SEARCH = re.compile(r"/chat/search\?")


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search messages")


def results(page: Page) -> Locator:
    return page.locator(".search-result")


def status(page: Page) -> Locator:
    return page.locator("[data-search-status]")


def open_search(page: Page) -> None:
    page.get_by_role("button", name="Search this room").click()
    expect(field(page)).to_be_focused()


def search(page: Page, query: str) -> None:
    open_search(page)
    field(page).press_sequentially(query)


def say(page: Page, *texts: str) -> None:
    for it in texts:
        send_message(page, it)
    expect_sent(page)
