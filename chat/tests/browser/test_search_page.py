"""The page that searches all my rooms."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.conftest import page_factory
from chat.tests.browser.room_page import (
    NewPage,
    enter_room,
    keep_room,
    message,
    open_room,
)
from chat.tests.browser.searching import field, results, say
from chat.tests.support.servers import Server


@pytest.fixture(scope="module")
def ada_page(browser: Browser, server: Server) -> Iterator[Page]:
    """Ada, who has a kettle in each of two rooms."""
    with page_factory(browser) as new:
        page = new("Ada")
        for room in ("garden", "tea room"):
            enter_room(page, server, "Ada", f"{room} of Ada")
            keep_room(page)
            say(page, f"the kettle of the {room}")
        yield page


def test_the_sidebar_leads_to_a_search_of_all_my_rooms_and_back_to_it(
    ada_page: Page, server: Server
) -> None:
    page = open_room(ada_page, server, "garden of Ada")
    page.get_by_role("link", name="Search your rooms").click()
    expect(field(page)).to_be_focused()
    field(page).press_sequentially("kettle")
    expect(page.locator(".search-group-name:visible")).to_have_text(
        ["tea room of Ada", "garden of Ada"]
    )
    expect(page).to_have_url(re.compile(r"/chat/search\?q=kettle$"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(message(page, "the kettle of the tea room")).to_be_focused()
    page.go_back()
    expect(field(page)).to_have_value("kettle")
    expect(results(page)).to_have_count(2)


def test_the_page_shows_the_filters_of_its_address_as_tokens(
    ada_page: Page, server: Server
) -> None:
    ada_page.goto(f"{server.url}/chat/search?q=in%3A%22garden+of+Ada%22+kettle")
    expect(ada_page.locator(".search-chip")).to_have_text(["In garden of Ada ×"])
    expect(results(ada_page)).to_have_count(1)
    ada_page.locator(".search-chip").click()
    expect(results(ada_page)).to_have_count(2)


def test_the_page_of_one_room_searches_all_of_them_at_a_press(
    ada_page: Page, server: Server
) -> None:
    ada_page.goto(f"{server.url}/chat/search?q=kettle&room=garden%20of%20Ada")
    expect(results(ada_page)).to_have_count(1)
    ada_page.get_by_text("All my rooms", exact=True).click()
    expect(results(ada_page)).to_have_count(2)
    expect(ada_page).to_have_url(re.compile(r"/chat/search\?q=kettle$"))


def test_without_a_script_the_page_finds_and_leads_on(
    ada_page: Page, server: Server, new_page: NewPage
) -> None:
    state = ada_page.context.storage_state()
    plain = new_page("Ada", java_script_enabled=False, storage_state=state)
    plain.goto(f"{server.url}/chat/search")
    plain.locator("#search-input").fill("kettle")
    plain.get_by_role("button", name="Search", exact=True).click()
    expect(plain.get_by_role("heading", level=2)).to_have_text(["tea room of Ada", "garden of Ada"])
    expect(plain.locator("mark")).to_have_text(["kettle", "kettle"])
    assert (plain.locator(".search-result").first.get_attribute("href") or "").endswith("/#1")


def test_the_start_page_leads_to_the_search(ada_page: Page, server: Server) -> None:
    ada_page.goto(server.url)
    ada_page.get_by_role("link", name="Search your rooms").click()
    expect(field(ada_page)).to_be_focused()
