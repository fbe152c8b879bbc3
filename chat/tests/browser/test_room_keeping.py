"""Open rooms say that they are open; rooms are renamed and deleted; others' are not found."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, small_targets
from chat.tests.browser.modules import call_function
from chat.tests.browser.room_page import PHONE, NewPage, expect_connected, send_message
from chat.tests.support.servers import Server

PASSWORD = "correct horse battery"
NEVER = "/chat/~11111111-1111-4111-8111-111111111111/"
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": PHONE | {"viewport": {"width": 390, "height": 844}},
}
NAME = re.compile(r"([a-z]{6}-){3}[a-z]{6}")
LANGUAGES = ["en", "de"]
number = iter(range(100))


def faults(page: Page) -> list[str]:
    """What is wrong with the looks of a page."""
    found = [it for check in (violations, cut_off, cut_off_if_spaced) for it in check(page)]
    is_phone = page.evaluate("matchMedia('(pointer: coarse)').matches")
    return found + small_targets(page, size=44 if is_phone else 24)


def sign_up(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/accounts/signup/")
    page.locator("#id_username").fill(f"ada-{next(number)}")
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("form.landing-form button.button").click()
    page.wait_for_url(f"{server.url}/")


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> dict[str, Any]:
    return SIZES[request.param]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_one_press_gives_a_name_that_nobody_guesses(
    new_page: NewPage, server: Server, size: dict[str, Any], language: str
) -> None:
    page = new_page("Alice", locale=language, **size)
    page.goto(server.url)
    field, offer = page.locator("#room-name-input"), page.locator("[data-suggest]")
    assert faults(page) == []
    offer.click()
    expect(field).to_have_value(NAME)
    first = field.input_value()
    assert first != offer.get_attribute("value")
    offer.click()
    expect(field).not_to_have_value(first)
    expect(field).to_be_focused()
    expect(page.locator("[data-room-hint] p")).not_to_be_empty()
    assert faults(page) == []
    name = field.input_value()
    page.locator("#room-name-submit").click()
    page.wait_for_url(f"{server.url}/chat/{name}/")
    expect_connected(page)


def test_names_made_in_a_page_are_all_different(modules_page: Page) -> None:
    module = "rooms/entering/unguessable_name.js"
    names = {call_function(modules_page, module, "unguessableName") for _ in range(50)}
    assert len(names) == 50
    assert all(NAME.fullmatch(it) for it in names)


def test_share_says_that_the_room_is_open_and_offers_another(
    new_page: NewPage, server: Server, size: dict[str, Any], language: str
) -> None:
    page = new_page("Alice", locale=language, **size)
    page.goto(f"{server.url}/chat/tea room/")
    expect_connected(page)
    page.evaluate("document.querySelector('[data-share-dialog]').showModal()")
    dialog = page.locator("[data-share-dialog]")
    expect(dialog).to_be_visible()
    assert faults(page) == []
    dialog.locator("a").click()
    page.wait_for_url(lambda url: bool(NAME.search(url)))
    expect_connected(page)


def test_a_room_is_renamed_and_deleted_by_who_opened_it(
    new_page: NewPage, server: Server, size: dict[str, Any], language: str, room: str
) -> None:
    page = new_page("Ada", locale=language, **size)
    sign_up(page, server)
    page.goto(f"{server.url}/chat/{room}/")
    expect_connected(page)
    send_message(page, "hello")
    page.goto(f"{server.url}/chat/{room}/settings/delete")
    assert faults(page) == []
    page.locator("#room-name").fill("another room")
    page.locator("button.is-danger").click()
    expect(page.locator(".field-error")).to_be_visible()
    assert faults(page) == []
    _rename(page, server, room, f"{room}/")  # refused
    assert faults(page) == []
    page.locator("#room-name").fill(f"{room} 2")
    page.locator("form button.button").first.click()
    page.wait_for_url("**/settings/")
    page.goto(f"{server.url}/chat/{room}/?a=b#1")
    page.wait_for_url(f"{server.url}/chat/{room} 2/?a=b#1".replace(" ", "%20"))
    expect_connected(page)
    other = page.context.new_page()
    other.goto(f"{server.url}/chat/{room}/settings/delete")
    other.locator("#room-name").fill(f"{room} 2")
    other.locator("button.is-danger").click()
    other.wait_for_url(f"{server.url}/")
    expect(other.get_by_role("link", name=f"{room} 2")).to_have_count(0)
    expect(page.get_by_text(DELETED[language])).to_be_visible()


DELETED = {"en": "There is no such room.", "de": "Diesen Raum gibt es nicht."}


def _rename(page: Page, server: Server, room: str, name: str) -> None:
    """As the form of the settings page does."""
    page.evaluate(
        """([action, name]) => {
          const form = document.querySelector("form.landing-form");
          form.action = action;
          form.querySelector("[name=name]").value = name;
          form.submit();
        }""",
        [f"{server.url}/chat/{room}/settings/rename", name],
    )
    page.wait_for_url("**/settings/rename")


def test_what_is_not_open_to_me_is_not_found(
    new_page: NewPage, server: Server, size: dict[str, Any], language: str
) -> None:
    page = new_page("Alice", locale=language, **size)
    page.goto(f"{server.url}{NEVER}")
    heading = {"en": "Room not found", "de": "Raum nicht gefunden"}[language]
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert faults(page) == []
    page.locator("a.button").click()
    page.wait_for_url(f"{server.url}/accounts/login/?next={NEVER}")
