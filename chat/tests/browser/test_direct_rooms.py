"""Direct rooms between two people: begun from a card, the room switcher, a command and a form."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.conftest import page_factory
from chat.tests.browser.private_rooms import new_people, run, sign_in
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    expect_connected,
    expect_sent,
    message,
    message_field,
    open_room,
    send_message,
    submit,
)
from chat.tests.browser.states import open_people
from chat.tests.support.servers import Server, serving

DIRECT = re.compile(r"/chat/~[0-9a-f-]{36}/$|/chat/%7E[0-9a-f-]{36}/$")
PEOPLE = ["Ada", "Ben", "Cleo Day", "Dora", "Eve", "Fay"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests alone."""
    with serving("daphne", tmp_path_factory.mktemp("direct")) as server:
        new_people(server, *PEOPLE)
        run(server, 'Member.objects.of_user(User.objects.create_user("ben2")).rename("Ben")')
        yield server


@pytest.fixture(scope="module")
def ada(browser: Browser, server: Server) -> Iterator[Page]:
    with page_factory(browser) as new:
        yield sign_in(new("Ada"), server, "ada")


@pytest.fixture(scope="module")
def dora(browser: Browser, server: Server) -> Iterator[Page]:
    """Dora has a phone."""
    with page_factory(browser) as new:
        yield sign_in(new("Dora", **PHONE), server, "dora")


def direct_room(server: Server, *names: str) -> str:
    """The address of the room of these people, which another test may have begun."""
    find = f"people = [Member.objects.get(name=it, user__isnull=False) for it in {names!r}]"
    found = "Room.objects.filter(people=direct_key(people)).first() or new_direct_room(*people)"
    return str(run(server, f"{find}\nresult = ({found}).address"))


def expect_direct(page: Page, name: str) -> str:
    """Wait for the page of a direct room of this name. Returns its address."""
    expect(page).to_have_url(DIRECT)
    expect_connected(page)
    expect(page.locator(".room-title span")).to_have_text(name)
    return page.url


def open_card(page: Page, name: str) -> None:
    open_people(page)
    page.locator(".people-row", has=page.get_by_text(name, exact=True)).click()
    expect(page.locator("[data-person-card]").get_by_role("heading")).to_have_text(name)


def in_card(page: Page, name: str) -> None:
    page.locator("[data-person-card]").get_by_role("button", name=name, exact=True).click()


def test_two_people_talk_from_a_card(ada: Page, dora: Page, server: Server, room: str) -> None:
    for page in (ada, dora):
        open_room(page, server, room)
    open_card(ada, "Dora")
    assert violations(ada) == []
    in_card(ada, "Message")
    address = expect_direct(ada, "Dora")
    send_message(ada, "hi")
    expect_sent(ada)
    badge = dora.locator("[data-rooms-badge]")
    expect(badge).to_have_text("1")
    dora.goto(address)
    assert expect_direct(dora, "Ada") == address
    expect(message(dora, "hi")).to_be_visible()
    send_message(dora, "oh")
    expect(message(ada, "oh")).to_be_visible()


def test_ones_own_card_and_that_of_a_guest_who_looks_offer_no_message(
    ada: Page, enter: Enter, server: Server, room: str
) -> None:
    open_room(ada, server, room)
    guest = enter("Gus")
    open_card(ada, "Ada")
    expect(ada.get_by_role("button", name="Message", exact=True)).to_be_hidden()
    expect(ada.get_by_role("button", name="Block for me")).to_be_hidden()
    open_card(guest, "Ada")
    expect(guest.get_by_role("button", name="Mention", exact=True)).to_be_visible()
    expect(guest.locator("[data-card=message]")).to_have_count(0)
    expect(guest.get_by_role("button", name="Block for me")).to_be_visible()


def test_the_room_switcher_finds_people(ada: Page, server: Server, room: str) -> None:
    open_room(ada, server, room)
    ada.keyboard.press("Control+k")
    ada.locator("[data-switcher-field]").fill("cleo")
    option = ada.get_by_role("option", name="Cleo Day")
    expect(option).to_contain_text("@cleo day · Direct message")
    assert violations(ada) == []
    option.click()
    expect_direct(ada, "Cleo Day")


@pytest.mark.parametrize("to", ["@eve", "Eve"])
def test_a_command_writes_to_a_person_in_the_room_of_the_two(
    ada: Page, server: Server, room: str, to: str
) -> None:
    open_room(ada, server, room)
    send_message(ada, f"/msg {to} hello from {to}")
    expect_direct(ada, "Eve")
    expect(ada.locator(".message:not(.is-pending)", has_text=f"hello from {to}")).to_be_visible()
    expect(message_field(ada)).to_have_value("")


def test_a_command_without_a_text_only_goes_there(ada: Page, server: Server, room: str) -> None:
    open_room(ada, server, room)
    send_message(ada, "/msg fay")
    expect_direct(ada, "Fay")
    expect(ada.locator(".message.is-pending")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("/msg zoe hello", "There is nobody whose name “zoe hello” begins with."),
        ("/msg", "Enter a name, for example “/msg Ada Hello”."),
    ],
)
def test_a_command_that_finds_nobody_says_so_and_keeps_the_text(
    ada: Page, server: Server, room: str, typed: str, note: str
) -> None:
    open_room(ada, server, room)
    send_message(ada, typed)
    expect(ada.locator("[data-composer-note]")).to_have_text(note)
    expect(message_field(ada)).to_have_value(typed)


def test_a_username_tells_namesakes_apart(dora: Page, server: Server, room: str) -> None:
    """There are a Ben with the username ben, and one with ben2."""
    open_room(dora, server, room)
    send_message(dora, "/msg Ben hello")  # a username comes first
    expect_direct(dora, "Ben")
    open_room(dora, server, room)
    send_message(dora, "/msg @ben2 hello")
    expect_direct(dora, "Ben")


def test_guests_are_told_to_sign_in_first(enter: Enter) -> None:
    page = enter("Gus")
    send_message(page, "/msg Ada hello")
    note = page.locator("[data-composer-note]")
    expect(note).to_have_text("Guests cannot begin a direct room. Sign in first.")
    expect(message_field(page)).to_have_value("/msg Ada hello")


def test_who_is_blocked_cannot_go_on_and_is_not_told(
    ada: Page, dora: Page, server: Server, room: str
) -> None:
    address = direct_room(server, "Ada", "Dora")
    for page in (ada, dora):
        page.goto(f"{server.url}/chat/{address}/")
        expect_connected(page)
    open_card(ada, "Dora")
    in_card(ada, "Block for me")
    dialog = ada.get_by_role("dialog", name="Block Dora for you?")
    expect(dialog).to_be_visible()
    assert violations(ada) == []
    dialog.get_by_role("button", name="Block for me").click()
    expect(ada.locator("[data-toast]")).to_have_text("Dora is blocked.")
    message_field(dora).fill("hello?")
    submit(dora)
    expect(dora.get_by_text("You cannot post in this room.")).to_be_visible()
    open_card(ada, "Dora")
    expect(ada.locator("[data-person-card]")).to_contain_text("Blocked:")
    in_card(ada, "Unblock")
    expect(ada.locator("[data-toast]")).to_have_text("Dora is no longer blocked.")


def test_a_form_begins_a_room_of_several(new_page: NewPage, server: Server) -> None:
    page = sign_in(new_page("Fay"), server, "fay")
    page.goto(f"{server.url}/chat/new/direct")
    for name in ("eve", "cleo"):
        page.locator("[name=who]").fill(name)
        page.get_by_role("option").first.click()
    assert violations(page) == []
    page.get_by_role("button", name="Begin").click()
    expect_direct(page, "Cleo Day, Eve")
