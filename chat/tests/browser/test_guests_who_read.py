"""Where guests may only read, or not even that: the pages say so, and signing in opens them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.layout import cut_off, cut_off_if_spaced, small_targets
from chat.tests.browser.room_page import (
    SMALL_PHONE,
    NewPage,
    another_tab,
    expect_confirmed,
    expect_connected,
    message,
    message_field,
    open_room,
    room_url,
    send_message,
)
from chat.tests.support.servers import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving("daphne", tmp_path_factory.mktemp("read"), GUESTS="read") as server:
        yield server


def sign_up(page: Page, username: str) -> None:
    page.locator("#id_username").fill(username)
    page.locator("#id_password1").fill("correct horse battery")
    page.locator("form.landing-form button.button").click()


def faults(page: Page) -> list[str]:
    found = [*violations(page), *cut_off(page), *cut_off_if_spaced(page)]
    return found + small_targets(page, size=44)


@pytest.fixture
def alice(server: Server, new_page: NewPage, room: str) -> Page:
    """Alice, who has an account, in the room."""
    page = new_page("Alice")
    page.goto(f"{server.url}/accounts/signup/?next=/chat/{room.replace(' ', '%20')}/")
    sign_up(page, f"alice-{room[-8:]}")
    expect_connected(page)
    send_message(page, "hello")
    expect_confirmed(page, ["hello"])
    return page


@pytest.mark.parametrize(
    ("locale", "words", "link"),
    [
        ("en-GB", "Guests can only read here.", "Sign in to write"),
        ("de-DE", "Gäste können hier nur lesen.", "Zum Schreiben anmelden"),
    ],
)
@pytest.mark.usefixtures("alice")
def test_a_guest_reads_and_is_asked_to_sign_in(
    server: Server, new_page: NewPage, room: str, locale: str, words: str, link: str
) -> None:
    page = open_room(new_page("a guest", locale=locale, **SMALL_PHONE), server, room)
    expect(message(page, "hello")).to_be_visible()
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name=link)).to_be_visible()
    expect(message_field(page)).to_be_hidden()
    assert faults(page) == []
    message(page, "hello").tap()
    expect(page.locator("[data-actions] [data-action=menu]")).to_be_visible()
    for action in ("pick", "reply"):
        expect(page.locator(f"[data-actions] [data-action={action}]")).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.locator("[data-rename]").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Bob")
    page.get_by_role("dialog").get_by_role("textbox").press("Enter")
    expect(page.locator("[data-name-error]")).to_contain_text(words)


@pytest.mark.usefixtures("alice")
def test_after_signing_in_all_tabs_write(server: Server, new_page: NewPage, room: str) -> None:
    page = open_room(new_page("a guest"), server, room)
    tab = another_tab(page)
    page.get_by_role("link", name="Sign in to write").click()
    page.get_by_role("link", name="Create an account").click()
    sign_up(page, f"bob-{room[-8:]}")
    for it, text in ((page, "one"), (tab, "two")):
        expect(it.locator("[data-reader]")).to_have_count(0)
        expect_connected(it)
        send_message(it, text)
        expect(message(page, text)).to_be_visible()
    expect_confirmed(tab, ["hello", "one", "two"])


def test_a_guest_who_opens_a_new_room_is_led_to_sign_in(
    server: Server, new_page: NewPage, room: str
) -> None:
    page = new_page("a guest")
    page.goto(room_url(server, room))
    expect(page.locator("[data-status]")).to_contain_text("Sign in to continue.")
    assert violations(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/accounts/login/.next="))


def test_without_guests_every_room_begins_with_signing_in(
    new_page: NewPage, room: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serving("daphne", tmp_path_factory.mktemp("off"), GUESTS="off") as server:
        page = new_page("a guest", locale="de-DE")
        page.goto(room_url(server, room))
        expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
        page.get_by_role("link", name="Konto anlegen").click()
        sign_up(page, "alice")
        expect_connected(page)
        send_message(page, "hello")
        expect_confirmed(page, ["hello"])
