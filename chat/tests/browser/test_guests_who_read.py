"""Where guests may only read, or not even that: the pages say so, and sign-in opens them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off
from chat.tests.browser.room_page import SMALL_PHONE, NewPage, room_url
from chat.tests.support.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("read"), GUESTS="read") as server:
        yield server


def sign_up(page: Page, username: str) -> None:
    page.locator("#id_username").fill(username)
    page.locator("#id_password1").fill("correct horse battery")
    page.locator("form.landing-form button.button").click()


def test_shot(server: Server, new_page: NewPage, room: str) -> None:
    alice = new_page("Alice")
    alice.goto(f"{server.url}/accounts/signup/?next=/chat/{room.replace(' ', '%20')}/")
    sign_up(alice, "alice")
    alice.locator("#chat-message-input").fill("hello")
    alice.locator("#chat-message-input").press("Enter")
    expect(alice.locator(".message")).to_have_count(1)
    for locale, options in (("en-GB", {}), ("de-DE", SMALL_PHONE)):
        page = new_page("guest", locale=locale, **options)
        page.goto(room_url(server, room))
        expect(page.locator("[data-status]")).to_have_attribute("data-state", "open")
        page.screenshot(path=f"/tmp/read-{locale}.png")
        page.locator("#chat-message-input").fill("hello")
        page.locator("#chat-message-submit").click()
        page.wait_for_timeout(1500)
        page.screenshot(path=f"/tmp/read-{locale}-sent.png")
