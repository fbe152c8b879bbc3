"""What is shown only when asked for is a script of its own, loaded after the page."""

import re

from playwright.sync_api import Page, Route, expect

from chat.tests.browser.room_page import NewPage, open_room
from chat.tests.support.servers import Server

SCRIPT = re.compile(r"/on_demand\.\w+\.js$")


def open_help(page: Page) -> None:
    page.get_by_role("button", name="Help").click()


def test_what_is_loaded_on_demand_is_there_when_the_connection_is_gone(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    with page.expect_request_finished(lambda request: bool(SCRIPT.search(request.url))):
        open_room(page, server, room)
    page.context.set_offline(True)
    open_help(page)
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


def test_a_script_that_could_not_be_loaded_is_loaded_at_the_next_use(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice")
    page.route(SCRIPT, lambda route: route.abort())
    open_room(page, server, room)
    open_help(page)
    expect(page.locator("[data-toast]")).to_contain_text("could not be loaded")
    page.unroute(SCRIPT)
    open_help(page)
    expect(page.get_by_role("dialog", name="Help")).to_be_visible()


def test_a_click_before_the_script_is_loaded_is_not_lost(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("Alice", permissions=["clipboard-read", "clipboard-write"])
    waiting: list[Route] = []
    page.route(SCRIPT, lambda route: waiting.append(route))
    with page.expect_request(SCRIPT):
        open_room(page, server, room)
    page.locator("[data-empty] [data-share-copy]").click()
    waiting[0].continue_()
    expect(page.locator("[data-empty]").get_by_role("status")).to_have_text("Copied")
