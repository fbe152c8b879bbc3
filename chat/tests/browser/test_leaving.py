"""The same person on another device; the download; deleting the account, as others see it."""

from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Locator, Page, expect

from accounts.tests.conftest import PASSWORD
from chat.tests.browser.axe import violations
from chat.tests.browser.room_page import (
    PHONE,
    Enter,
    NewPage,
    expect_connected,
    expect_sent,
    keep_room,
    message,
    open_room,
    send_message,
)
from chat.tests.support.servers import Server

SUBMIT = "form.landing-form button.button"


def new_link(page: Page) -> str:
    """Ask for a link in the settings of the room. Returns its address."""
    page.locator("[data-rename]").click()
    page.get_by_role("button", name="Continue on another device").click()
    expect(page.locator(".account-qr img")).to_have_js_property("complete", True)
    return page.locator(".account-secret").inner_text()


def my_name(page: Page) -> Locator:
    return page.locator(".me[data-my-name]")


def sign_up(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/accounts/signup/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password1").fill(PASSWORD)
    page.locator(SUBMIT).click()
    page.wait_for_url(f"{server.url}/")


def test_a_guest_goes_on_on_the_phone(
    server: Server, enter: Enter, new_page: NewPage, room: str
) -> None:
    laptop, phone = enter("Panda"), new_page("Panda's phone", **PHONE)
    keep_room(laptop)
    send_message(laptop, "from the laptop")
    expect_sent(laptop)
    address = new_link(laptop)
    phone.goto(address)
    expect(phone.locator(SUBMIT)).to_have_text("Continue as Panda")
    assert violations(phone) == []
    phone.locator(SUBMIT).click()
    phone.get_by_role("link", name=room).click()
    expect_connected(phone)
    send_message(phone, "from the phone")
    expect_sent(phone)
    expect(my_name(phone)).to_have_text("Panda")
    expect(laptop.get_by_role("status").last).to_contain_text("no longer works")
    expect(laptop.locator(".account-qr")).to_be_hidden()
    assert violations(laptop) == []
    laptop.get_by_role("button", name="Show another code").click()
    expect(laptop.locator(".account-qr")).to_be_visible()
    laptop.get_by_role("button", name="Cancel the link").click()
    expect(laptop.get_by_role("status")).to_have_text("The link is cancelled.")
    stranger = phone.context.browser.new_context().new_page()  # type: ignore[union-attr]
    answer = stranger.goto(address)
    assert answer
    assert answer.status == 404
    expect(stranger.locator("h1")).to_have_text("This link no longer works")
    assert address.rpartition("/device/")[2] not in server.log


def test_a_phone_that_was_another_guest_is_asked(
    server: Server, enter: Enter, new_page: NewPage, room: str
) -> None:
    laptop, phone = enter("Panda"), enter("Koala", **PHONE)
    send_message(phone, "from Koala")
    expect_sent(phone)
    address = new_link(laptop)
    phone.goto(address)
    assert violations(phone) == []
    phone.get_by_role("link", name="Stay Koala").click()
    open_room(phone, server, room)
    expect(my_name(phone)).to_have_text("Koala")
    phone.goto(address)
    phone.locator(SUBMIT).click()
    open_room(phone, server, room)
    expect(my_name(phone)).to_have_text("Panda")
    expect(message(phone, "from Koala").locator(".message-author")).to_have_text("Koala")


def test_an_account_is_downloaded_and_deleted_while_others_look_on(
    server: Server, enter: Enter, new_page: NewPage, room: str, tmp_path: Path
) -> None:
    alice, bob = new_page("Alice"), enter("Bob")
    sign_up(alice, server, "alice")
    open_room(alice, server, room)
    for text in ("one", "two"):
        send_message(alice, text)
    expect_sent(alice)
    expect(message(bob, "two")).to_be_visible()
    tab = alice.context.new_page()
    tab.goto(f"{server.url}/accounts/data/")
    with tab.expect_download() as downloading:
        tab.get_by_role("button", name="Download").click()
    downloading.value.save_as(tmp_path / "data.zip")
    assert '"two"' in ZipFile(tmp_path / "data.zip").read("messages.json").decode()
    tab.get_by_role("link", name="Delete your account").click()
    tab.locator("#id_password").fill(PASSWORD)
    tab.locator(SUBMIT).click()
    assert violations(tab) == []
    tab.get_by_label("Delete my messages, too").check()
    tab.get_by_role("button", name="Delete my account").click()
    expect(tab.get_by_role("status")).to_have_text("Your account is deleted.")
    expect(bob.locator(".message-text")).to_have_text(["This message was deleted."] * 2)
    expect(bob.locator(".message-author").first).to_have_text("Former member")
    gerd = new_page("Gerd", locale="de-DE")
    open_room(gerd, server, room)
    expect(gerd.locator(".message-author").first).to_have_text("Ehemaliges Mitglied")
    gerd.locator(".message-author").first.click()
    expect(gerd.locator('[data-card="name"]')).to_have_text("Ehemaliges Mitglied")
    expect(bob.locator("[data-people]")).not_to_contain_text("alice")
    expect(alice.locator("[data-status]")).not_to_have_attribute("data-state", "open")
    alice.reload()
    expect_connected(alice)
    expect(my_name(alice)).not_to_have_text("alice")
