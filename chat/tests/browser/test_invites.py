"""Invites: made in the settings, opened on a phone, accessible, in both languages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from chat.tests.browser.axe import violations
from chat.tests.browser.conftest import page_factory
from chat.tests.browser.layout import cut_off, small_targets
from chat.tests.browser.room_page import (
    PHONE,
    SMALL_PHONE,
    Enter,
    NewPage,
    expect_connected,
    expect_sent,
    send_message,
)
from chat.tests.support.servers import Server

PASSWORD = "correct horse battery"
SUBMIT = "form.landing-form button.button"
INVITE = re.compile(r"/invite/[\w.-]+/$")
TALKS = re.compile(r"/chat/~[0-9a-f-]+/$")


@pytest.fixture(scope="module")
def ada(browser: Browser, server: Server) -> Iterator[Page]:
    """Ada, in the settings of a members room of hers."""
    with page_factory(browser) as new:
        page = new("Ada", permissions=["clipboard-read", "clipboard-write"])
        page.goto(f"{server.url}/accounts/signup/")
        sign_up(page, "ada")
        page.goto(f"{server.url}/chat/new/members")
        page.get_by_label("Name").first.fill("Fox den")
        page.locator(SUBMIT).click()
        page.wait_for_url(TALKS)
        page.goto(f"{page.url}settings/")
        yield page


def sign_up(page: Page, name: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator(SUBMIT).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def make_invite(page: Page, note: str, *, for_guests: bool = False) -> str:
    """Make an invite in the settings. Returns its link."""
    if not page.get_by_label("Note").is_visible():
        page.get_by_text("New invite").click()
    page.get_by_label("Note").fill(note)
    page.get_by_label("Guests may come in").set_checked(for_guests)
    page.get_by_role("button", name="Make a link").click()
    invite = page.locator(".invite").filter(has_text=note)
    address = invite.get_by_label("Link of the invite")
    expect(address).to_have_value(INVITE)
    return address.input_value()


def test_who_is_new_signs_up_on_a_phone_and_is_in_the_room(
    ada: Page, new_page: NewPage, server: Server
) -> None:
    link = make_invite(ada, "for Ben")
    phone = new_page("Ben", **PHONE)
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Fox den")
    phone.get_by_role("link", name="Create an account").tap()
    sign_up(phone, "ben")
    expect(phone).to_have_url(link)
    phone.get_by_role("button", name="Come in").tap()
    phone.wait_for_url(TALKS)
    expect_connected(phone)
    send_message(phone, "hello")
    expect_sent(phone)
    ada.reload()
    expect(ada.locator(".invite").filter(has_text="for Ben")).to_contain_text("Came in:")
    phone.goto(link)
    phone.wait_for_url(TALKS)


def test_a_guest_comes_in_with_a_name(ada: Page, new_page: NewPage) -> None:
    phone = new_page("Gus", **PHONE)
    phone.goto(make_invite(ada, "for guests", for_guests=True))
    phone.get_by_label("Your name").fill("Gus")
    phone.get_by_role("button", name="Come in as a guest").tap()
    phone.wait_for_url(TALKS)
    expect_connected(phone)


def test_the_installed_app_opens_a_link_that_is_pasted(
    ada: Page, new_page: NewPage, server: Server
) -> None:
    link, phone = make_invite(ada, "pasted", for_guests=True), new_page("Pia", **PHONE)
    phone.goto(server.url)
    phone.get_by_label("Room name").fill(f"Come in: {link}")
    expect(phone.get_by_text("Open the invite")).to_be_visible()
    phone.locator("#room-name-submit").tap()
    expect(phone).to_have_url(link)
    phone.get_by_role("button", name="Come in as a guest").tap()
    phone.wait_for_url(TALKS)
    expect_connected(phone)


def test_a_link_is_opened_from_a_room(ada: Page, new_page: NewPage, enter: Enter) -> None:
    link, page = make_invite(ada, "from a room", for_guests=True), enter("Quin")
    page.keyboard.press("Control+k")
    page.locator("[data-switcher] input").fill(link)
    expect(page.get_by_role("option", name="Open the invite")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(link)


def test_a_link_is_copied_and_shown_as_a_code(ada: Page) -> None:
    link = make_invite(ada, "to copy")
    invite = ada.locator(".invite").filter(has_text="to copy")
    invite.get_by_role("button", name="Copy").click()
    expect(invite.get_by_role("button", name="Copied")).to_be_visible()
    assert ada.evaluate("navigator.clipboard.readText()") == link
    invite.get_by_text("QR code").click()
    code = invite.get_by_alt_text("QR code that opens the link")
    expect(code).to_be_visible()
    ada.wait_for_function("(image) => image.naturalWidth > 0", arg=code.element_handle())


def test_a_revoked_invite_works_no_longer(ada: Page, new_page: NewPage) -> None:
    link = make_invite(ada, "to revoke")
    stranger = new_page("stranger")
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Fox den")
    invite = ada.locator(".invite").filter(has_text="to revoke")
    invite.get_by_role("button", name="Revoke").click()
    ada.get_by_text("Invites that ended").click()
    expect(invite).to_contain_text("revoked")
    stranger.goto(link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This invite does not work")


def test_without_javascript_invites_are_made_and_used(ada: Page, new_page: NewPage) -> None:
    state = ada.context.storage_state()
    page = new_page("Ada without scripts", java_script_enabled=False, storage_state=state)
    page.goto(ada.url)
    link = make_invite(page, "no scripts", for_guests=True)
    guest = new_page("Gina", java_script_enabled=False)
    guest.goto(link)
    guest.get_by_label("Your name").fill("Gina")
    guest.get_by_role("button", name="Come in as a guest").click()
    guest.wait_for_url(TALKS)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_pages_are_accessible_in_both_languages(
    ada: Page, new_page: NewPage, server: Server, locale: str
) -> None:
    for_guests = make_invite(ada, f"{locale} guests", for_guests=True)
    for_accounts = make_invite(ada, f"{locale} accounts")
    pages = [for_guests, for_accounts, f"{server.url}/invite/never/"]
    for options in ({}, SMALL_PHONE):
        page = new_page("somebody", locale=locale, **options)
        for address in pages:
            page.goto(address)
            assert violations(page) == []
            assert cut_off(page) == []
            if options:
                assert small_targets(page, size=44) == []


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_list_is_accessible_in_both_languages(
    ada: Page, new_page: NewPage, locale: str
) -> None:
    make_invite(ada, f"a long note in which many words say whom it is for: {locale}")
    state = ada.context.storage_state()
    for options in ({}, SMALL_PHONE):
        page = new_page("Ada", locale=locale, storage_state=state, **options)
        page.goto(ada.url)
        for fold in page.locator(".fold summary").all():
            fold.click()
        assert violations(page) == []
        assert cut_off(page) == []
        if options:
            assert small_targets(page, size=44) == []
